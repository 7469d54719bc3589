import type { Peer, PeerEvents, Room } from '../../../media/index.ts';
import type { CallPerson } from '../../../shared/contracts/call.ts';
import type { WindowLink } from '../../platform/context.ts';

/** One window in a call. */
export interface Seat {
  readonly consultId: string;
  readonly person: CallPerson;
  readonly peer: Peer;
  window: WindowLink;
  /** Runs while the window's connection is cut. */
  waiting: NodeJS.Timeout | undefined;
  readonly onLeft: () => void;
}

/** A cut of the line shorter than this leaves picture and sound running. */
const RETURN_WITHIN_MS = 8_000;

/** Who sits in which call at this moment: joins the SFU's peers with the windows and the people behind them. */
export class CallRooms {
  readonly #seats = new Map<string, Map<string, Seat>>();
  /** Also of a peer that is joining in this moment, whose seat does not stand yet. */
  readonly #people = new Map<string, CallPerson>();
  readonly #followed = new WeakSet<WindowLink>();

  isPresent(consultId: string, accountId: string): boolean {
    return this.#of(consultId).some((seat) => seat.person.accountId === accountId);
  }

  seatOf(consultId: string, window: WindowLink): Seat | undefined {
    return this.#of(consultId).find((seat) => seat.window === window);
  }

  person(peerId: string): CallPerson | undefined {
    return this.#people.get(peerId);
  }

  /** Takes a seat in the SFU's room; the others are told. Throws what the room throws. */
  sit(room: Room, person: CallPerson, window: WindowLink, onLeft: () => void): Seat {
    const consultId = room.id;
    this.#people.set(person.peerId, person);
    let peer: Peer;
    try {
      peer = room.join(person.peerId, this.#tell(consultId, window));
    } catch (thrown) {
      this.#people.delete(person.peerId);
      throw thrown;
    }
    const seat: Seat = { consultId, person, peer, window, waiting: undefined, onLeft };
    const seats = this.#seats.get(consultId) ?? new Map<string, Seat>();
    this.#seats.set(consultId, seats.set(person.peerId, seat));
    this.#follow(window);
    return seat;
  }

  /** The same person's window on a new connection: everything that it sends and receives goes on. */
  resume(consultId: string, peerId: string, accountId: string, window: WindowLink): Seat | undefined {
    const seat = this.#seats.get(consultId)?.get(peerId);
    if (seat === undefined || seat.peer.closed || seat.person.accountId !== accountId) return undefined;
    clearTimeout(seat.waiting);
    seat.waiting = undefined;
    seat.window = window;
    seat.peer.listen(this.#tell(consultId, window));
    this.#follow(window);
    return seat;
  }

  /** May be called twice. */
  leave(seat: Seat): void {
    const seats = this.#seats.get(seat.consultId);
    if (seats?.get(seat.person.peerId) !== seat) return;
    clearTimeout(seat.waiting);
    seats.delete(seat.person.peerId);
    if (seats.size === 0) this.#seats.delete(seat.consultId);
    seat.peer.close();
    this.#people.delete(seat.person.peerId);
    seat.onLeft();
  }

  /** The SFU's worker died: every window of the room is to join again. */
  lose(consultId: string): void {
    for (const seat of this.#of(consultId)) {
      seat.window.send('call:room-lost', { consultId });
      this.leave(seat);
    }
  }

  /** The consult is over: the room is emptied. Its windows learn why from the consult itself. */
  end(consultId: string): void {
    for (const seat of this.#of(consultId)) this.leave(seat);
  }

  #of(consultId: string): Seat[] {
    return [...(this.#seats.get(consultId)?.values() ?? [])];
  }

  #follow(window: WindowLink): void {
    if (this.#followed.has(window)) return;
    this.#followed.add(window);
    window.onClose(() => {
      for (const seats of this.#seats.values()) {
        for (const seat of seats.values()) {
          if (seat.window !== window) continue;
          seat.waiting = setTimeout(() => this.leave(seat), RETURN_WITHIN_MS);
          seat.waiting.unref();
        }
      }
    });
  }

  #tell(consultId: string, window: WindowLink): PeerEvents {
    return {
      peerJoined: (peerId) => {
        const peer = this.person(peerId);
        if (peer !== undefined) window.send('call:peer-joined', { consultId, peer });
      },
      peerLeft: (peerId) => window.send('call:peer-left', { consultId, peerId }),
      producerAdded: (peerId, producer) => window.send('call:producer-added', { consultId, peerId, producer }),
      producerRemoved: (peerId, producerId) => window.send('call:producer-removed', { consultId, peerId, producerId }),
      producerPaused: (peerId, producerId) => window.send('call:producer-paused', { consultId, peerId, producerId }),
      producerResumed: (peerId, producerId) => window.send('call:producer-resumed', { consultId, peerId, producerId }),
    };
  }
}
