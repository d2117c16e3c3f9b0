// A terminal that closes sends SIGHUP to the processes of runs too; only their parent handles it.
process.on("SIGHUP", () => undefined);
