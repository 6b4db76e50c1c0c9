import type { KeptFile } from '#lib/server/attachments/stored-files.ts';
import type { Tx } from '#lib/server/db/index.ts';
import type { CaseWithUnit } from '../find.ts';
import { proposeOfficers } from '../officers/find-names.ts';
import type { Event, Spoken } from '../timeline.ts';
import { storeMessage } from './message.ts';

/** Stored as the text of a message that has none, so that no message is empty. In the language of the office. */
export const NO_TEXT = '(tanpa teks)';

/** Stores what the reporter says, as a message. Officers whom it may name are proposed, as at opening. */
export async function storeWords(
	tx: Tx,
	{ row, unit }: CaseWithUnit,
	content: { body: string; submissionHash?: string; public?: boolean },
	{ writtenBy }: Spoken,
	kept: readonly KeptFile[]
) {
	await proposeOfficers(tx, row, unit, content.body);
	const by = { author: 'reporter', accountId: writtenBy?.accountId ?? null } as const;
	return storeMessage(tx, row, { ...by, public: true, ...content }, kept);
}

/** A public timeline entry by the reporter. `spoken.writtenBy`: the person at the desk who recorded the words. */
export const entryBy = (spoken: Spoken, type: Event['type'], data: Record<string, unknown>): Event => ({
	type,
	author: 'reporter',
	writtenBy: spoken.writtenBy,
	public: true,
	data: { ...data, ...spoken.data }
});
