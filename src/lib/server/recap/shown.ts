import { and, sql } from 'drizzle-orm';
import type { RatingRecord, RecapFigures } from '#lib/recap/figures.ts';
import { visibleTo } from '#lib/server/cases/scope.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { worksIn } from '#lib/server/ratings/own-left-out.ts';

/** A list of reports as one reader has it: those that reader may see, and how many more there are. */
export interface ShownList<Item> {
	shown: Item[];
	hidden: number;
}

/** A periodic report as one reader has it. Numbers are everybody's; what tells of one report is not. */
export type ShownFigures = Omit<RecapFigures, 'late' | 'lapor' | 'suggestions' | 'ratings'> & {
	late: ShownList<RecapFigures['late'][number]>;
	lapor: Omit<RecapFigures['lapor'], 'forwards' | 'inbound'> & {
		forwards: ShownList<RecapFigures['lapor']['forwards'][number]>;
		inbound: ShownList<RecapFigures['lapor']['inbound'][number]>;
	};
	suggestions: ShownList<RecapFigures['suggestions'][number]>;
	/** Null for a reader who is rated in one of the offices: together with their own figures, these would reveal single ratings. */
	ratings: RatingRecord | null;
};

async function visibleAmong(actor: Actor, ids: readonly number[]): Promise<Set<number>> {
	if (ids.length === 0) return new Set();
	// One parameter, however many there are.
	const among = sql`${cases.id} in (select value::bigint from jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))`;
	const rows = await db()
		.select({ id: cases.id })
		.from(cases)
		.where(and(among, visibleTo(actor)));
	return new Set(rows.map(({ id }) => id));
}

/** What `actor` reads of figures, frozen ones as well: lists hold the reports the actor may see today, and no others. */
export async function shownTo(actor: Actor, figures: RecapFigures, unitIds: readonly string[]): Promise<ShownFigures> {
	const { late, lapor, suggestions, ratings, ...numbers } = figures;
	const lists = [...late, ...lapor.forwards, ...lapor.inbound, ...suggestions];
	const visible = await visibleAmong(actor, [...new Set(lists.map(({ caseId }) => caseId))]);
	const split = <Item extends { caseId: number }>(items: readonly Item[]): ShownList<Item> => {
		const shown = items.filter(({ caseId }) => visible.has(caseId));
		return { shown, hidden: items.length - shown.length };
	};
	return {
		...numbers,
		late: split(late),
		lapor: { ...lapor, forwards: split(lapor.forwards), inbound: split(lapor.inbound) },
		suggestions: split(suggestions),
		ratings: (await worksIn(actor, unitIds)) ? null : ratings
	};
}
