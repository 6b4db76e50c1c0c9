import type { FigureChoice } from '#lib/cases/figure-query.ts';
import { inboxAddress, DEFAULT_INBOX, type InboxChoice } from '#lib/cases/inbox-query.ts';
import { OPEN_STATUSES } from '#lib/cases/moves.ts';
import type { ServiceKind } from '#lib/cases/vocabulary.ts';

interface Query {
	unit: string;
	scope: 'own' | 'tree';
	service?: ServiceKind;
	from: string;
	to: string;
}
export type CaseSelection = Partial<FigureChoice> & Partial<Pick<InboxChoice, 'status' | 'kind' | 'unit' | 'due'>>;

/** Filter for reports that are open now: received up to today, even if the board's period ended earlier. */
export const openNow = (today: string | undefined): CaseSelection => ({
	status: OPEN_STATUSES,
	from: undefined,
	to: today
});

/** Filter for the reports of `openNow` that have a missed deadline now. */
export const overdueNow = (today: string | undefined): CaseSelection => ({ ...openNow(today), due: 'overdue' });

/** Filter for the figure of a deadline: met in the period, missed by its end, or running now. */
export function selectionOfClock(clock: NonNullable<FigureChoice['clock']>, today: string | undefined): CaseSelection {
	if (clock.outcome === 'running') return { clock, from: undefined, to: today };
	return { by: clock.outcome === 'overdue' ? 'missed' : 'kept', clock };
}

export const selectionsOfOffice = (
	unit: string,
	today: string | undefined
): Record<'received' | 'answered' | 'archived' | 'open', CaseSelection> => ({
	received: { unit },
	answered: { unit, by: 'answered' },
	archived: { unit, by: 'archived' },
	open: { unit, ...openNow(today) }
});

export function casesAddress(query: Query, { status, kind, due, unit, ...figure }: CaseSelection = {}): string {
	return inboxAddress({
		...DEFAULT_INBOX,
		status: status ?? 'all',
		kind,
		due,
		unit: unit ?? query.unit,
		figure: {
			by: 'received',
			from: query.from,
			to: query.to,
			tree: query.scope === 'tree' && unit === undefined,
			service: query.service,
			...figure
		}
	});
}
