import { OUTBOX_LISTS, type OutboxList } from '#lib/server/channels/mail-outbox.ts';

/** The list an address asks for; without one, the first in which something wants a person. */
export function outboxList(asked: URLSearchParams, counts: { failed: number; unknown: number }): OutboxList {
	const list = OUTBOX_LISTS.find((one) => one === asked.get('list'));
	if (list) return list;
	if (counts.unknown > 0) return 'unknown';
	return counts.failed > 0 ? 'failed' : 'waiting';
}
