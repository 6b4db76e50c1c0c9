import { draftsToDecide, singleSignatures, waitingDrafts, wavesOf } from '#lib/server/cases/answers/approval-lists.ts';
import { approvePicked, picksOf } from '#lib/server/cases/handling/bulk.ts';
import { now } from '#lib/server/clock.ts';
import { absentToday } from '#lib/server/people/absence.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { waitingDecisions } from '#lib/server/staff-notices/waiting-decisions.ts';
import { withRefusalMessage } from '#lib/server/web/http/error-responses.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import { approvalsView } from '#lib/server/web/filters/list-filters.ts';

export const load = withActor(async (actor, { url }) => {
	const cursor = url.searchParams.get('cursor') ?? undefined;
	const view = approvalsView(actor, url.searchParams);
	const none = { items: [], nextCursor: null };
	const [waiting, single, others] = await Promise.all([
		view === 'single' ? none : (view === 'mine' ? draftsToDecide : waitingDrafts)(actor, cursor),
		view === 'single' ? singleSignatures(actor, cursor) : none,
		view === 'mine' && cursor === undefined ? waitingDecisions(actor) : undefined
	]);
	const inWaves = view === 'mine' ? await wavesOf(actor, waiting.items) : [];
	const ids = new Set(inWaves.flat().map(({ id }) => id));
	// A wave is on the page of its oldest draft.
	const waves = inWaves.filter(([oldest]) => waiting.items.some(({ id }) => id === oldest?.id));
	const singles = { ...waiting, items: waiting.items.filter(({ id }) => !ids.has(id)) };
	/** The actor is absent today, so no draft waits for the actor. */
	const away = actor.accountId !== null && (await absentToday([actor.accountId], await firstZone())).size > 0;
	const decides = actor.units.supervisor.length > 0;
	/** Only supervisors decide drafts. `others`: other decisions that wait for them, on the first page of `mine`. */
	return { view, decides, away, now: now(), waves, waiting: singles, single, others };
});

export const actions = {
	/** Approves the archivings of a wave that are ticked, and shows the outcome of each. */
	wave: formAction(async (actor, { data }) => ({
		outcomes: (await approvePicked(actor, picksOf(data.pick))).map(withRefusalMessage)
	}))
};
