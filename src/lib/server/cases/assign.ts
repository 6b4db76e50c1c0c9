import { assignmentInput } from '../../cases/schema.ts';
import { checked } from '../checked.ts';
import { transaction } from '../db/index.ts';
import { Invalid } from '../errors.ts';
import type { Actor } from '../people/actor.ts';
import { lockCaseForActor, type CaseRow } from './find.ts';
import { moveCase, requireVersion } from './move.ts';
import { peopleFor } from './people.ts';
import { recordEvent } from './timeline.ts';

/**
 * Gives a case to somebody who may see it. On `received` this changes nothing else; a verified case is in progress from
 * then on.
 */
export async function assignCase(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const input = checked(assignmentInput, raw);
	return transaction(async (tx) => {
		const { row: before } = await lockCaseForActor(tx, actor, reference);
		await requireVersion(tx, before, input.version);
		const roles = before.restricted ? ['supervisor'] : ['handler', 'supervisor'];
		const person = (await peopleFor(tx, before, roles)).find((one) => one.id === input.assignee);
		if (!person) throw new Invalid([{ path: 'assignee', code: 'assignee_invalid' }]);
		const row = await moveCase(tx, before, 'assign', { assigneeId: person.id });
		await recordEvent(tx, row, {
			type: 'assigned',
			author: actor,
			public: before.status === 'verified',
			data: { assignee: person.id, name: person.name }
		});
		return row;
	});
}
