import { beforeEach } from 'vitest';
import type { ConnectionRow } from '#lib/server/channels/connections/connections.ts';
import { listConversations } from '#lib/server/channels/incoming/list.ts';
import type { Office } from '../office.ts';
import { makeConnection, receive } from './incoming.ts';

export const SARI = 'sari@contoh.example';

/** Gives each test of a spec a mailbox of its office. */
export function useMailbox(office: Office) {
	const mailbox = {} as ConnectionRow;
	beforeEach(async () => {
		Object.assign(mailbox, await makeConnection(office.unit));
	});
	return {
		mailbox,
		/** Receives a message. @returns its conversation, which waits */
		waitingFrom: async (from = SARI, body = 'Antrean lama.', more: Parameters<typeof receive>[3] = {}) =>
			(await receive(mailbox, from, body, more)).conversationId,
		/** The conversations of a list. */
		listed: async (actor = office.handler, filter: Partial<Parameters<typeof listConversations>[1]> = {}) =>
			(await listConversations(actor, { state: 'waiting', ...filter })).items.map(({ id }) => id)
	};
}
