import { MediaError } from './media-error.ts';
import { Room, type RoomOptions } from './room.ts';
import { WorkerPool, type MediaLog, type RunningWorker, type WorkerOptions } from './workers.ts';

// The only door of this folder: whoever needs the SFU imports this file and nothing beside it.
export { MediaError } from './media-error.ts';
export type { MediaErrorCode } from './media-error.ts';
export type { Peer, PeerEvents } from './peer.ts';
export type { Room } from './room.ts';
export type { MediaLog } from './workers.ts';

export interface MediaOptions extends WorkerOptions {
  /** A worker died and took this room with it; its windows are to join again. */
  onRoomLost(roomId: string): void;
  log: MediaLog;
  /** Default 16. */
  maxPeersPerRoom?: number;
  /** Default one minute. */
  emptyRoomLingerMs?: number;
}

export interface MediaStatus {
  /** Whether a room could be opened at this moment. */
  ready: boolean;
  workersWanted: number;
  workers: { index: number; pid: number; rooms: number; peers: number; streams: number }[];
  rooms: number;
  peers: number;
}

/**
 * Starts the workers of the SFU.
 *
 * @throws {Error} when a worker does not start or its port is taken
 */
export async function openMedia(options: MediaOptions): Promise<Media> {
  return new Media(options, await WorkerPool.open(options));
}

/** The SFU: rooms placed on worker processes. Knows nothing of HTTP, sockets or clinics. */
export class Media {
  readonly #options: MediaOptions;
  readonly #workers: WorkerPool;
  readonly #rooms = new Map<string, Room>();
  readonly #opening = new Map<string, Promise<Room>>();
  /** How many rooms are being opened on a worker. */
  readonly #placing = new Map<RunningWorker, number>();
  #closed = false;

  constructor(options: MediaOptions, workers: WorkerPool) {
    this.#options = options;
    this.#workers = workers;
  }

  /**
   * The open room of this id, or a new one on the least loaded worker. An empty room is given up after a while.
   *
   * @throws {MediaError} `unavailable` when no worker runs
   */
  async openRoom(roomId: string): Promise<Room> {
    const open = this.room(roomId);
    if (open) {
      open.stay();
      return open;
    }
    const opening = this.#opening.get(roomId) ?? this.#open(roomId).finally(() => this.#opening.delete(roomId));
    this.#opening.set(roomId, opening);
    return await opening;
  }

  /** The room of this id if it is open. */
  room(roomId: string): Room | undefined {
    return this.#rooms.get(roomId);
  }

  status(): MediaStatus {
    const rooms = [...this.#rooms.values()];
    const workers = this.#workers.running.map((running) => {
      const own = rooms.filter(({ worker }) => worker === running);
      return {
        index: running.index,
        pid: running.worker.pid,
        rooms: own.length,
        peers: own.reduce((sum, room) => sum + room.peerCount, 0),
        streams: own.reduce((sum, room) => sum + room.load - 1, 0),
      };
    });
    return {
      ready: !this.#closed && workers.length > 0,
      workersWanted: this.#options.workerCount,
      workers,
      rooms: rooms.length,
      peers: rooms.reduce((sum, room) => sum + room.peerCount, 0),
    };
  }

  /** Closes every room, then ends every worker. May be called twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const room of [...this.#rooms.values()]) room.close();
    this.#workers.close();
  }

  async #open(roomId: string): Promise<Room> {
    for (;;) {
      if (this.#closed) throw new MediaError('unavailable', 'The SFU is closed.');
      const running = this.#leastLoaded();
      if (!running) {
        await this.#workers.untilRunning();
        continue;
      }
      // Counted before anything is awaited, or rooms opened at once would all go to one worker.
      this.#countPlacing(running, 1);
      try {
        const room = await Room.open(roomId, running, this.#roomOptions());
        if (this.#closed) room.close();
        else this.#rooms.set(roomId, room);
        return room;
      } catch (error) {
        // Where the worker died in this moment, another one or its successor takes the room.
        if (!running.worker.closed) throw new MediaError('unavailable', String(error), { cause: error });
      } finally {
        this.#countPlacing(running, -1);
      }
    }
  }

  #countPlacing(worker: RunningWorker, change: 1 | -1): void {
    const count = (this.#placing.get(worker) ?? 0) + change;
    if (count === 0) this.#placing.delete(worker);
    else this.#placing.set(worker, count);
  }

  #leastLoaded(): RunningWorker | undefined {
    const byLoad = this.#workers.running.map((worker) => ({ worker, load: this.#loadOf(worker) }));
    return byLoad.sort((a, b) => a.load - b.load)[0]?.worker;
  }

  #loadOf(worker: RunningWorker): number {
    let load = this.#placing.get(worker) ?? 0;
    for (const room of this.#rooms.values()) if (room.worker === worker) load += room.load;
    return load;
  }

  #roomOptions(): RoomOptions {
    const { log, onRoomLost, maxPeersPerRoom = 16, emptyRoomLingerMs = 60_000 } = this.#options;
    return {
      maxPeers: maxPeersPerRoom,
      emptyRoomLingerMs,
      log,
      onClosed: (room, why) => {
        if (this.#rooms.get(room.id) !== room) return;
        this.#rooms.delete(room.id);
        if (why === 'lost') onRoomLost(room.id);
      },
    };
  }
}
