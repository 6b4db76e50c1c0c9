import { eq } from 'drizzle-orm';
import { ratingInput } from '../../ratings/schema.ts';
import { heldBy, type Signal } from '../../ratings/signals.ts';
import { OVER_BUDGET, type RatingSource } from '../../ratings/vocabulary.ts';
import { checked } from '../checked.ts';
import { transaction, type Tx } from '../db/index.ts';
import { ratings } from '../db/schema/ratings.ts';
import { Conflict, Invalid } from '../errors.ts';
import { sha256Hex } from '../keys.ts';
import type { Actor } from '../people/actor.ts';
import { useToken } from '../visits/visits.ts';
import { countIn } from './rollup.ts';
import { commentFlags, commentHash } from './screening.ts';
import { signalsOf, type Sender } from './signals.ts';
import { checkSubmission, contentHash, dayOf, lookAround, notAhead, submissionHash } from './submission.ts';
import { unverified, visitDoubts } from './visit-doubts.ts';

/** Sources whose own time is believed. */
const CLOCKS: readonly RatingSource[] = ['kiosk', 'api'];

/** How a rating came in: what the form or the caller could not say of itself. */
export interface RatingContext {
	/** A token makes it `visit`, whatever stands here. */
	source: RatingSource;
	/** The scanned place; one of another unit is left out. */
	placeId?: string;
	/** The token of the address `/nilai/[token]`; goes before `visit_token`. */
	visitToken?: string;
	/** What the form's page saw: reasons to look, some of which hold it until a manager decides. Never a reason to refuse. */
	noticed?: readonly Signal[];
	/** The browser that sends it, where one does. */
	sender?: Sender;
	/** Whose API token sends it. */
	tokenOf?: Actor;
	/**
	 * A paired tablet kept it and has thanked its visitor: dated by this moment, which is neither ahead nor bound to seven
	 * days, and not refused for what has changed at the office since. No part of the content, for the moment is an estimate.
	 */
	keptSince?: Date;
}

export interface SubmittedRating {
	id: string;
	verified: boolean;
	/** This submission was stored before; the answer is that of the first time. */
	repeated: boolean;
}

/**
 * Stores one rating (`POST ratings`) once, however often and by however many requests at a time it is sent: the keyed hash
 * of its `submission_id` is unique. Its day is frozen in the unit's zone. A visit's token is used up in the same
 * transaction, and makes the rating verified unless something speaks against the visitor (`visitDoubts`); an officer and a
 * service frozen into the visit are the rating's. The office's own rating leaves the token to the visitor.
 *
 * @throws NotFound on an unknown unit
 * @throws Invalid on an officer, place or time that can't be, on a closed unit, and on a token that opens nothing
 * @throws Conflict `submission-reused` if the id was used for other content; it tells nothing of the first
 */
export async function submitRating(raw: unknown, context: RatingContext): Promise<SubmittedRating> {
	const input = checked(ratingInput, raw);
	const token = context.visitToken ?? input.visit_token;
	const found = await lookAround(input, context.placeId, token);
	const told = input.given_at ? new Date(input.given_at) : undefined;
	const givenAt = context.keptSince ?? (told && notAhead(told));
	const said = dayOf(givenAt, found.unit.timeZone);
	// By the time as it was told: sent again after midnight it is still the same.
	const content = contentHash(input, found.unit.code, dayOf(told, found.unit.timeZone));
	// Nobody rates a visit before it was.
	const day = found.visit && found.visit.day > said ? found.visit.day : said;
	if (found.former) return repeated(found.former, content);
	const { fromOffice, doubts } = await visitDoubts(found.visit, context);
	checkSubmission(input, found, token, { leaveToken: fromOffice, kept: context.keptSince !== undefined });
	const officerId = found.visit?.officerId ?? input.officer ?? null;
	const hash = commentHash(input.comment);
	const signals = await signalsOf({
		...{
			unit: found.unit,
			officerId,
			day,
			sender: context.sender,
			noticed: [...(context.noticed ?? []), ...doubts]
		},
		invited: token !== undefined || found.placeId !== null,
		byVisit: token !== undefined,
		takenAt: CLOCKS.includes(context.source) ? givenAt : undefined,
		commentHash: hash
	});
	const held = heldBy(signals);
	const used = fromOffice ? undefined : token;
	const row = {
		unitId: found.unit.id,
		officerId,
		placeId: found.placeId,
		service: found.visit?.service ?? input.service ?? null,
		score: input.score,
		courtesy: input.aspects?.courtesy,
		speed: input.aspects?.speed,
		knowledge: input.aspects?.knowledge,
		tags: [...new Set(input.tags)],
		comment: input.comment,
		source: used === undefined ? context.source : 'visit',
		verified: used !== undefined && !unverified(doubts),
		day,
		state: held ? ('held' as const) : ('counted' as const),
		stateReason: held && signals.includes(OVER_BUDGET) ? OVER_BUDGET : null,
		signals,
		commentHash: hash,
		commentFlags: await commentFlags(input.comment, found.unit.id),
		submissionHash: submissionHash(input),
		contentHash: content
	};
	return transaction(async (tx) => {
		const [stored] = await tx
			.insert(ratings)
			.values(row)
			.onConflictDoNothing({ target: ratings.submissionHash })
			.returning({ id: ratings.id });
		if (!stored) return repeated(await formerRating(tx, row.submissionHash), content);
		if (used !== undefined && !(await useToken(tx, sha256Hex(used), day))) {
			throw new Invalid([{ path: 'visit_token', code: 'rating_token_used' }]);
		}
		if (row.state === 'counted') await countIn(tx, row);
		return { id: stored.id, verified: row.verified, repeated: false };
	});
}

interface FormerRating {
	id: string;
	verified: boolean;
	contentHash: string;
}

/** The one that was faster; its transaction has ended, else the insert would still be waiting for it. */
async function formerRating(tx: Tx, hash: string): Promise<FormerRating> {
	const [former] = await tx
		.select({ id: ratings.id, verified: ratings.verified, contentHash: ratings.contentHash })
		.from(ratings)
		.where(eq(ratings.submissionHash, hash));
	if (!former) throw new Error('a stored rating was not found again');
	return former;
}

function repeated(former: FormerRating, content: string): SubmittedRating {
	if (former.contentHash !== content) throw new Conflict('submission-reused');
	return { id: former.id, verified: former.verified, repeated: true };
}
