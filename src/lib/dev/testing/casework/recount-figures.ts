import { localDate } from '#lib/calendar/days.ts';
import { DAY_MS, HOUR_MS } from '#lib/calendar/durations.ts';
import { OPEN_STATUSES } from '#lib/cases/moves.ts';
import type { Period } from '#lib/ratings/period.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { caseMoves, clockOutcomes } from '#lib/server/db/schema/recap.ts';
import { units } from '#lib/server/db/schema/units.ts';
import type { Measure } from '#lib/server/insight/measures.ts';

/** Counts by `unit|measure|part|value|day`. The day is empty for figures that have no series over time. */
export type Figures = Map<string, number>;

export function add(figures: Figures, key: readonly string[], n = 1): void {
	const name = key.join('|');
	figures.set(name, (figures.get(name) ?? 0) + n);
}

/** Counts all figures of boards row by row, without the product's own queries. @param query period and service */
export async function recountFigures(query: Period & { service: string | undefined }): Promise<Figures> {
	const figures: Figures = new Map();
	const zones = new Map((await db().select().from(units)).map((unit) => [unit.id, unit.timeZone]));
	const caseRows = new Map((await db().select().from(cases)).map((row) => [row.id, row]));
	const dayOf = (caseId: number, at: Date) => localDate(at, zones.get(caseRows.get(caseId)?.unitId ?? '') ?? '');
	const count = (caseId: number, measure: Measure, at: Date, part = '', value = '') => {
		const row = caseRows.get(caseId);
		if (!row) throw new Error('no such report');
		if (query.service !== undefined && row.service !== query.service) return;
		const day = dayOf(caseId, at);
		const isNow = measure === 'open' || measure === 'running';
		if (!isNow && (day < query.from || day > query.to)) return;
		add(figures, [row.unitId, measure, part, value, part === '' || part === 'days' ? day : '']);
	};
	for (const { id, openedAt, receivedAt, kind, category, channel, status, placeId, dueAt } of caseRows.values()) {
		count(id, 'received', openedAt);
		count(id, 'received', openedAt, 'kind', kind);
		count(id, 'received', openedAt, 'category', category ?? '');
		count(id, 'received', openedAt, 'channel', channel);
		count(id, 'received', openedAt, 'status', status);
		if (placeId) count(id, 'received', openedAt, 'place', placeId);
		if (!OPEN_STATUSES.includes(status)) continue;
		count(id, 'open', receivedAt);
		if (dueAt && dueAt < now()) count(id, 'open', receivedAt, 'late', '');
	}
	for (const { caseId, move, at } of await db().select().from(caseMoves)) {
		if (move !== 'answered' && move !== 'archived' && move !== 'reopened') continue;
		count(caseId, move, at);
		const received = caseRows.get(caseId)?.receivedAt ?? at;
		const days = (Date.parse(dayOf(caseId, at)) - Date.parse(dayOf(caseId, received))) / DAY_MS;
		if (move === 'answered') count(caseId, move, at, 'days', String(days));
	}
	for (const { caseId, name, late, at } of await db().select().from(clockOutcomes)) {
		count(caseId, 'kept', at, late ? 'late' : 'met', name);
		const channel = caseRows.get(caseId)?.channel ?? '';
		if (name === 'first_reply') count(caseId, 'kept', at, late ? 'reply_late' : 'reply_met', channel);
	}
	for (const { caseId, name, state, dueAt } of await db().select().from(clocks)) {
		if (name === 'reporter_turn' || (state !== 'running' && state !== 'paused')) continue;
		const late = state === 'running' && dueAt !== null && dueAt < now();
		count(caseId, 'running', now(), late ? 'late' : 'running', name);
	}
	for (const { caseId, type, at, data } of await db().select().from(timeline)) {
		if (type === 'rated') count(caseId, 'score', at, 'score', String(data.score));
		if (type === 'undelivered') count(caseId, 'undelivered', at, 'channel', caseRows.get(caseId)?.channel);
		if (type === 'archived') count(caseId, 'archived', at, 'reason', String(data.reason));
	}
	for (const { caseId, state, createdAt, sentAt, laporId } of await db().select().from(escalations)) {
		count(caseId, 'lapor', createdAt, 'state', state);
		if (!sentAt || !laporId) continue;
		const hours = Math.floor((sentAt.getTime() - createdAt.getTime()) / HOUR_MS);
		count(caseId, 'lapor', sentAt, 'hours', String(Math.min(999, Math.max(0, hours))));
	}
	return figures;
}
