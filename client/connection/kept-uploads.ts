import type { RefusalCode } from './refusal.ts';

export interface UploadTarget {
  patientId: string;
  consultId?: string;
}

/** What is known of a file that this browser keeps until the hub has it. */
export interface KeptUpload {
  id: string;
  /** Whose it is: nobody else's sign-in in this browser sees or sends it. */
  accountId: string;
  kind: 'ecg' | 'dicom';
  batchId: string;
  /** Order within everything that was ever added. */
  addedAt: number;
  fileName: string;
  byteLength: number;
  target: UploadTarget;
  confirmMismatch: boolean;
  /** Where the hub takes it piece by piece; null before that has begun. */
  address: string | null;
  refusedCode: RefusalCode | null;
}

/** Where files wait, through reloads and closed windows. Every promise is settled once the change is on the disk. */
export interface UploadKeeping {
  /** @returns the kept copy, which stays readable when the medium is taken out. Rejects where there is no room. */
  keep(upload: KeptUpload, file: Blob): Promise<Blob>;
  change(id: string, part: Partial<Pick<KeptUpload, 'confirmMismatch' | 'address' | 'refusedCode'>>): Promise<void>;
  forget(id: string): Promise<void>;
  /** Those of one account and kind, in the order in which they were added. */
  list(accountId: string, kind: KeptUpload['kind']): Promise<KeptUpload[]>;
  fileOf(id: string): Promise<Blob | null>;
}

const databaseName = 'lianzhen-uploads';
/** A record changes often and is small; the file beside it is written once. */
const recordsName = 'uploads';
const filesName = 'files';

/** Keeps files in IndexedDB, as Blobs, which browsers hold on the disk and not in memory. */
export function keepInBrowser(factory: IDBFactory): UploadKeeping {
  let opening: Promise<IDBDatabase> | null = null;
  const open = () => {
    opening ??= openDatabase(factory).catch((error: unknown) => {
      opening = null;
      throw error;
    });
    return opening;
  };

  async function run<T>(mode: IDBTransactionMode, work: (transaction: IDBTransaction) => IDBRequest<T>): Promise<T> {
    const database = await open();
    const transaction = database.transaction([recordsName, filesName], mode, { durability: 'strict' });
    const request = work(transaction);
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error ?? new Error('The browser refused to keep the file.'));
      transaction.onabort = () => reject(transaction.error ?? new Error('The browser refused to keep the file.'));
    });
  }

  const fileOf = async (id: string): Promise<Blob | null> => {
    const found: unknown = await run('readonly', (of) => of.objectStore(filesName).get(id));
    return found instanceof Blob ? found : null;
  };

  return {
    fileOf,
    async keep(upload, file) {
      // Asks the browser not to clear the files away when the disk gets full; it may say no.
      if (navigator.storage?.persist) void navigator.storage.persist().catch(() => false);
      await run('readwrite', (of) => {
        of.objectStore(filesName).put(file, upload.id);
        return of.objectStore(recordsName).put(upload);
      });
      return (await fileOf(upload.id)) ?? file;
    },
    async change(id, part) {
      await run('readwrite', (of) => {
        const records = of.objectStore(recordsName);
        const found: IDBRequest<KeptUpload | undefined> = records.get(id);
        found.onsuccess = () => {
          if (found.result) records.put({ ...found.result, ...part });
        };
        return found;
      });
    },
    async forget(id) {
      await run('readwrite', (of) => {
        of.objectStore(filesName).delete(id);
        return of.objectStore(recordsName).delete(id);
      });
    },
    async list(accountId, kind) {
      const found: KeptUpload[] = await run('readonly', (of) =>
        of.objectStore(recordsName).index('accountId').getAll(accountId),
      );
      return found.filter((upload) => upload.kind === kind).sort((one, other) => one.addedAt - other.addedAt);
    },
  };
}

function openDatabase(factory: IDBFactory): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(databaseName, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(recordsName, { keyPath: 'id' }).createIndex('accountId', 'accountId');
      request.result.createObjectStore(filesName);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('The browser keeps no files.'));
  });
}
