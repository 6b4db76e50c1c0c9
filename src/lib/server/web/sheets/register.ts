import { error, type RequestEvent } from '@sveltejs/kit';
import type { ServiceKind } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { registeredUnit, registerLines, type RegisterLine } from '#lib/server/cases/register.ts';
import { serviceWord } from '#lib/words/office.ts';
import { categoryWord, channelWord, identityWord, kindWord, statusWord } from '#lib/words/cases.ts';
import { asPage } from '../http/answers.ts';
import { BATCH, filterOf, sheetAnswer } from './list-sheet.ts';
import type { Cell, Column } from '#lib/server/exports/sheet.ts';
import { signedIn } from '../http/signed-in.ts';

type Told = NonNullable<RegisterLine['told']>;

/** Everything but the number is said of a report only to those who may see it. */
function columns(zone: string): Column<RegisterLine>[] {
	const told = (label: string, width: number, value: (row: Told) => Cell): Column<RegisterLine> => ({
		label,
		width,
		value: (row) => row.told && value(row.told)
	});
	const moment = (label: string, at: (row: Told) => Date | null): Column<RegisterLine> => ({
		...told(label, 18, (row) => {
			const found = at(row);
			return found && { at: found, zone };
		}),
		moment: true
	});
	return [
		{ label: m.term_reference(), width: 26, value: (row) => row.reference },
		moment(m.sheet_received(), (row) => row.receivedAt),
		{
			label: m.desk_filter_kind(),
			width: 20,
			value: (row) => (row.told ? kindWord(row.told.kind) : m.rekap_register_hidden())
		},
		told(m.sheet_channel(), 14, (row) => channelWord(row.channel)),
		told(m.sheet_category(), 24, (row) => row.category && categoryWord(row.category)),
		told(m.term_service(), 26, (row) => row.service && serviceWord(row.service as ServiceKind)),
		// How the reporter chose to stand on it; a name stands on no list.
		told(m.rekap_register_reporter(), 22, (row) => identityWord(row.identity, 'staff')),
		told(m.rekap_register_subject(), 60, (row) => row.title ?? row.excerpt),
		told(m.rekap_register_handler(), 26, (row) => row.handler),
		moment(m.rekap_register_first_reply(), (row) => row.firstReplyDue),
		moment(m.rekap_register_solution(), (row) => row.solutionDue),
		moment(m.rekap_register_answered(), (row) => row.answeredAt),
		told(m.term_lapor_id(), 16, (row) => row.laporId),
		told(m.desk_filter_status(), 22, (row) => statusWord(row.status, 'staff'))
	];
}

/** "Buku register": a year of an office, `?unit=mamuju&year=2026`. */
export const registerSheet = ({ locals, url }: RequestEvent) =>
	asPage(async () => {
		const actor = signedIn(locals);
		const unit = await registeredUnit(actor, url.searchParams.get('unit') ?? '');
		const year = Number(url.searchParams.get('year'));
		if (!Number.isInteger(year) || year < 2000 || year > 2099) error(404, { message: m.error_not_found() });
		return sheetAnswer(actor, locals.lang, {
			list: 'register',
			title: m.rekap_register(),
			filter: filterOf(url),
			columns: columns(unit.timeZone),
			page: (cursor) => registerLines(actor, unit, year, cursor, BATCH)
		});
	});
