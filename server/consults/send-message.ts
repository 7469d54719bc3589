import type { MessageView } from '../../shared/contracts/consults.ts';
import type { ActionContext } from '../platform/context.ts';
import { newId } from '../platform/store/store.ts';
import { loadConsult, requireOpen } from './find-consult.ts';
import { messageRecord, type MessageFields } from './message-record.ts';
import { roomsOfConsult } from './view-consult.ts';

/** Throws consult-closed. */
export async function sendMessage(
  { consultId, text }: { consultId: string; text: string },
  context: ActionContext,
): Promise<MessageView> {
  const consult = await loadConsult(consultId, context);
  requireOpen(consult);
  const { accountId: authorAccountId, name: authorName, organisationName } = context.actor;
  const sentAt = context.clock.now();
  const message: MessageFields = {
    _id: newId(),
    consultId,
    authorAccountId,
    authorName,
    organisationName,
    text,
    sentAt,
  };
  await context.store.model(messageRecord).create([message]);
  const view = viewMessage(message);
  await context.notify(roomsOfConsult(consult), 'consult:message-sent', view);
  return view;
}

/** The whole chat, oldest first. */
export async function listMessages(
  { consultId }: { consultId: string },
  { store }: Pick<ActionContext, 'store'>,
): Promise<MessageView[]> {
  const found = await store.model(messageRecord).find({ consultId }).sort({ sentAt: 1, _id: 1 }).limit(5000).lean();
  return found.map(viewMessage);
}

const viewMessage = ({ _id: id, sentAt, ...message }: MessageFields): MessageView => ({
  ...message,
  id,
  sentAt: sentAt.toISOString(),
});
