import { KernelClient, shownBy } from "./notebook/kernelClient";
void (async () => {
  const t=Date.now();
  const k = await KernelClient.start("/usr/bin/python3");
  console.log("started", Date.now()-t);
  for (const code of process.argv.slice(2)) {
    const n = k.send("execute",[code]);
    if (code.includes("begins")) { await k.printed(n,"begins"); console.log("begins",Date.now()-t); await new Promise(r=>setTimeout(r,300)); k.interrupt(); }
    const a = await k.answers(n);
    console.log(Date.now()-t, JSON.stringify(a.map(m=>[m.type, m.content.execution_state ?? m.content])));
  }
  await k.close();
  process.exit();
})();
