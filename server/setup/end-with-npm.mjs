// Imported for its effect. npm hands a SIGTERM to the shell between it and this process, and that shell dies without
// handing it on: the hub would stay behind and keep its port. So a process that npm started ends when its shell has gone.
const shell = process.ppid;

if (process.env.npm_lifecycle_event !== undefined && process.platform !== 'win32') {
  const watch = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  watch.unref();
}
