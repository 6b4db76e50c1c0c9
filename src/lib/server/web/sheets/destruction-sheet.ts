import type { RequestEvent } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { textColumn, type Column } from '#lib/server/exports/sheet.ts';
import { destructionItemsPage, destructionView, type ListedItem } from '#lib/server/privacy/retention/view.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { keptWord, partWord, periodWord, retentionKindWord } from '#lib/words/retention.ts';
import { withActor } from '../http/staff-page.ts';
import { sheetResponse } from './list-sheet.ts';

/** The list of a proposed destruction for the appraisal committee. It has no words of any report. */
export const destructionSheet = withActor(async (actor, { locals, params }: RequestEvent<{ id: string }>) => {
	const { number, zone, root } = await destructionView(actor, params.id);
	const { unitById } = await referenceData();
	const moment = (label: string, name: 'receivedAt' | 'endedAt'): Column<ListedItem> => {
		return { label, width: 18, moment: true, value: ({ facts }) => facts && { at: facts[name], zone } };
	};
	const columns = [
		textColumn<ListedItem>(m.term_reference(), 24, ({ reference, facts }) =>
			facts ? (reference ?? '') : m.retention_number_hidden()
		),
		textColumn<ListedItem>(m.retention_part(), 28, ({ item }) => partWord(item.part)),
		textColumn<ListedItem>(m.retention_kind(), 20, ({ item }) => retentionKindWord(item.kind)),
		textColumn<ListedItem>(m.term_unit(), 30, ({ facts }) =>
			facts ? (unitById.get(facts.unitId ?? '') ?? root).name : ''
		),
		moment(m.term_received(), 'receivedAt'),
		moment(m.retention_sheet_since(), 'endedAt'),
		textColumn<ListedItem>(m.retention_period(), 14, ({ item }) => periodWord(item.months)),
		textColumn<ListedItem>(m.retention_code(), 16, ({ item }) => item.jraCode),
		textColumn<ListedItem>(m.retention_sheet_outcome(), 40, ({ item: { kept, keptReason } }) =>
			kept ? keptWord(kept, keptReason) : m.retention_sheet_destroy()
		)
	];
	return sheetResponse(actor, locals.lang, {
		list: 'destruction',
		title: m.retention_proposal_title({ number }),
		filter: new URLSearchParams({ number }),
		columns,
		page: (cursor) => destructionItemsPage(actor, params.id, cursor)
	});
});
