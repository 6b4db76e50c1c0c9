import { eq } from 'drizzle-orm';
import { visitNote } from '#lib/visits/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { contentHash } from '#lib/server/content-hash.ts';
import { transaction } from '#lib/server/db/index.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { Conflict, Invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireUnitWithin } from '#lib/server/people/units/find-unit.ts';
import { requireDeskOf, requireOfficerOf, visitEntry } from './entry.ts';
import { bookUnits } from './find.ts';

/**
 * Writes somebody into the guest book of a unit: every entry is a visit with a link of its own, so nobody chooses whom to
 * invite. The same form sent twice is one visit. With `step` begin or close the officer is frozen at once.
 *
 * @param device of the browser that notes it, as `deviceKey` hashes it
 * @throws NotFound on a unit that isn't the actor's
 * @throws Conflict `submission-reused` if the id was used by another form, or by somebody else
 * @throws Invalid on an officer or desk of elsewhere, and where a service begins with nobody who gives it
 */
export async function noteVisit(actor: Actor, raw: unknown, device: string | null): Promise<{ id: string }> {
	const input = checked(visitNote, raw);
	const unit = await requireUnitWithin(input.unit, bookUnits(actor));
	if (input.step !== 'wait' && !input.officer) throw new Invalid([{ path: 'officer', code: 'visit_officer' }]);
	const at = now();
	const content = contentHash({ ...input, unit: unit.code, by: actor.accountId }, 'visit');
	return transaction(async (tx) => {
		const officer = await requireOfficerOf(tx, unit.id, input.officer);
		const desk = await requireDeskOf(tx, unit.id, input.place);
		const [stored] = await tx
			.insert(visits)
			.values({
				...visitEntry(input.submission_id, unit, at),
				service: input.service,
				officerId: officer?.id,
				placeId: desk?.id,
				channel: input.channel,
				purpose: input.purpose,
				begunAt: input.step === 'wait' ? null : at,
				closedAt: input.step === 'close' ? at : null,
				createdBy: actor.accountId,
				madeByDevice: device,
				contentHash: content
			})
			.onConflictDoNothing({ target: visits.id })
			.returning({ id: visits.id });
		if (stored) return stored;
		const [former] = await tx
			.select({ id: visits.id, contentHash: visits.contentHash })
			.from(visits)
			.where(eq(visits.id, input.submission_id));
		// Another visitor, typed into the page of the one before: taken for the same, this one would be lost.
		if (former?.contentHash !== content) throw new Conflict('submission-reused');
		return { id: former.id };
	});
}
