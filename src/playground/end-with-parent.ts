// Loaded before a child's own program: whoever started it is gone, so it ends too, as if asked to.

/** Asked to end, a program drains; then it is killed. */
const DRAIN_MS = 15_000;

// The channel to the parent closes with the parent, however that ends; it keeps nobody alive.
process.channel?.unref();
process.once('disconnect', () => {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), DRAIN_MS).unref();
  process.kill(process.pid, 'SIGTERM');
});
