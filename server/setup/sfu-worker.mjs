import { ensureWorker } from '../../media/worker-build/ensure-worker.mjs';
import { inRoot } from './paths.mjs';
import { SetupFailure } from './progress.mjs';

/** The SFU's worker binary: found, fetched or built. Afterwards MEDIASOUP_WORKER_BIN names it, here and in children. */
export const sfuWorker = () => ({
  zh: '准备视频服务（首次编译约需几分钟）',
  en: 'Preparing the SFU worker (a first build takes minutes)',
  async run(log) {
    try {
      process.env.MEDIASOUP_WORKER_BIN = await ensureWorker({
        packageFolder: inRoot('node_modules', 'mediasoup'),
        log,
      });
    } catch (failure) {
      throw new SetupFailure(failure.message, { cause: failure });
    }
  },
});
