import { mentionsIn } from '#lib/cases/mentions.ts';
import { db, type Tx } from '#lib/server/db/index.ts';
import { Invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { caseForActor, type CaseRow } from '../find.ts';
import { peopleFor, workersOf } from '../people.ts';

/**
 * Adds the people picked from the list to a note, as if they had been typed.
 *
 * @throws Invalid `mention_public` if somebody was picked for a public message
 */
export function withPicked(input: { body: string; public: boolean; mention?: readonly string[] | undefined }): string {
	const typed = mentionsIn(input.body);
	const picked = (input.mention ?? []).filter((username) => !typed.includes(username));
	if (picked.length === 0) return input.body;
	if (input.public) throw new Invalid([{ path: 'mention', code: 'mention_public' }]);
	return `${input.body}\n\n${picked.map((username) => `@${username}`).join(' ')}`;
}

/**
 * Finds the accounts a note mentions, without its writer. Only people who may see the case can be mentioned.
 *
 * @param strict refuses a name that reaches nobody; otherwise it stays plain text
 * @throws Invalid `mention_unseen`, the same for people who may not see the case and for names nobody has
 */
export async function mentionedIn(
	tx: Tx,
	actor: Actor,
	row: CaseRow,
	body: string,
	strict: boolean
): Promise<string[]> {
	const names = mentionsIn(body);
	if (names.length === 0) return [];
	const people = await peopleFor(tx, row, workersOf(row.restricted));
	const unseen = names.filter((name) => !people.some(({ username }) => username === name));
	if (strict && unseen.length > 0) {
		const params = { names: unseen.map((name) => `@${name}`).join(', ') };
		throw new Invalid([{ path: 'body', code: 'mention_unseen', params }]);
	}
	const reached = people.filter(({ id, username }) => names.includes(username) && id !== actor.accountId);
	return [...new Set(reached.map(({ id }) => id))];
}

/** People a note on this case can mention, nearest unit first. */
export async function peopleToMention(actor: Actor, reference: string): Promise<{ username: string; name: string }[]> {
	const { row } = await caseForActor(actor, reference);
	const people = await peopleFor(db(), row, workersOf(row.restricted));
	const others = people.filter(({ id }, index) => people.findIndex((other) => other.id === id) === index);
	return others.filter(({ id }) => id !== actor.accountId).map(({ username, name }) => ({ username, name }));
}
