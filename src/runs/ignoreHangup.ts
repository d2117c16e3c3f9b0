// A terminal that closes sends SIGHUP to the processes of runs too: they leave it to their parent.
process.on("SIGHUP", () => undefined);
