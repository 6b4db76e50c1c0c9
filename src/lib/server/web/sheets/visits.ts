import type { RequestEvent } from '@sveltejs/kit';
import { isLocalDate, localDate } from '#lib/calendar/days.ts';
import type { Channel } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { now } from '#lib/server/clock.ts';
import { servicesOf } from '#lib/server/people/units/offered-services.ts';
import { bookLines, type BookLine } from '#lib/server/visits/book.ts';
import { visitStateWord } from '#lib/words/visit.ts';
import { channelWord } from '#lib/words/cases.ts';
import { VISIT_STATES } from '#lib/visits/vocabulary.ts';
import { asPage } from '../http/answers.ts';
import { officeOf } from '../forms/guest-book.ts';
import { BATCH, filterOf, sheetAnswer } from './list-sheet.ts';
import type { Column } from '#lib/server/exports/sheet.ts';
import { signedIn } from '../http/signed-in.ts';
import { momentColumn, textColumn, unitColumn } from './case-columns.ts';

type Row = BookLine & { unit: { name: string; timeZone: string } };

const columns = (service: (kind: string | null) => string): Column<Row>[] => [
	textColumn(m.sheet_day(), 12, (row) => row.day),
	textColumn(m.visits_column_visit(), 40, (row) => row.purpose),
	textColumn(m.term_service(), 28, (row) => service(row.service)),
	textColumn(m.sheet_channel(), 14, (row) => channelWord(row.channel as Channel)),
	textColumn(m.visits_column_state(), 18, (row) => visitStateWord(row.state)),
	textColumn(m.visits_column_officer(), 28, (row) => row.officer),
	textColumn(m.sheet_desk(), 20, (row) => row.desk),
	momentColumn(m.visits_column_noted(), (row) => row.createdAt),
	momentColumn(m.sheet_begun(), (row) => row.begunAt),
	momentColumn(m.sheet_closed(), (row) => row.closedAt),
	unitColumn()
];

/** A day of an office's guest book. Whether a visit's link was used is in no list, and so not in this one. */
export const visitsSheet = ({ locals, url }: RequestEvent) =>
	asPage(async () => {
		const actor = signedIn(locals);
		const { unit } = await officeOf(actor, url.searchParams.get('unit'));
		const asked = url.searchParams.get('day') ?? '';
		const day = isLocalDate(asked) ? asked : localDate(now(), unit.timeZone);
		const state = VISIT_STATES.find((one) => one === url.searchParams.get('state'));
		const services = await servicesOf(unit.id);
		const service = (kind: string | null) => {
			const known = services.find((one) => one.kind === kind);
			return known ? (locals.lang === 'en' ? known.nameEn : known.name) : m.visits_no_service();
		};
		const filter = filterOf(url);
		filter.set('unit', unit.slug);
		filter.set('day', day);
		return sheetAnswer(actor, locals.lang, {
			list: 'visits',
			title: m.visits_title(),
			filter,
			columns: columns(service),
			page: async (cursor) => {
				const { items, nextCursor } = await bookLines(actor, { unit: unit.slug, day, state }, cursor, BATCH);
				return { items: items.map((line) => ({ ...line, unit })), nextCursor };
			}
		});
	});
