import { withQuery } from '#lib/text/with-query.ts';
import type { UnrecordedFilter, UnrecordedView } from '#lib/server/escalation/unrecorded.ts';

/** The list a person works through, as it travels in an address: `duty`, `choice`, or with an office `duty.7604`. */
function queueName({ view, unit }: UnrecordedFilter): string {
	return unit ? `${view}.${unit}` : view;
}

/** Reads it back; undefined if the person came another way. */
export function readQueue(url: URL): UnrecordedFilter | undefined {
	const [, view, unit] = /^(duty|choice)(?:\.(\d{4}))?$/.exec(url.searchParams.get('queue') ?? '') ?? [];
	if (!view) return undefined;
	return { view: view as UnrecordedView, ...(unit ? { unit } : {}) };
}

export const unrecordedAddress = ({ view, unit }: UnrecordedFilter, cursor?: string) =>
	withQuery('/desk/unrecorded', { view: view === 'choice' ? view : undefined, unit, cursor });

/** Where a case of the list is checked before it is sent. */
export const checkAddress = (filter: UnrecordedFilter, reference: string): string =>
	`/desk/cases/${reference}/escalation?queue=${queueName(filter)}`;

/** Leads to the case of the list after this one; `done` says what became of this one. */
export const nextAddress = (filter: UnrecordedFilter, reference: string, done?: 'forwarded' | 'found'): string =>
	`/desk/unrecorded/next?queue=${queueName(filter)}&after=${reference}${done ? `&done=${done}` : ''}`;

/** The list as a further parameter of an address, where the person works through one. */
export function queueKept(url: URL): string {
	const filter = readQueue(url);
	return filter ? `&queue=${queueName(filter)}` : '';
}
