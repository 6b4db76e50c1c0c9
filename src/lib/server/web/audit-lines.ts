import { stringify } from 'csv-stringify/sync';
import { and, like, notInArray, or, sql } from 'drizzle-orm';
import { isLocalDate, localDate, localTime } from '#lib/calendar/days.ts';
import { formatDateTime, formatShortDay, formatWeekday, zoneName } from '#lib/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';
import type { WAYS } from '#lib/privacy/breach.ts';
import { GUARDED_CSV } from '#lib/text/formula-guard.ts';
import { findOurReferences } from '#lib/text/reference-numbers.ts';
import { isUuid, UUID_SOURCE } from '#lib/text/uuid.ts';
import { auditLabelWord, auditReasonWord, predicateOf } from '#lib/words/audit.ts';
import { categoryWord, channelWord, kindWord, priorityWord } from '#lib/words/cases.ts';
import { connectionValueWord } from '#lib/words/channels.ts';
import { dayUnitWord, ruleWord } from '#lib/words/clock.ts';
import { kioskModeWord } from '#lib/words/kiosk.ts';
import { actingWord, placeKindWord, roleWord, scopeWord, serviceWord } from '#lib/words/office.ts';
import { listFilterWords } from '#lib/words/list-filter.ts';
import { daysWord, periodKeyWord } from '#lib/words/period.ts';
import { contestVerdictWord, ratingMoveWord, ratingStateWord } from '#lib/words/rating.ts';
import { personCheckWord, requestKindWord, requestWayWord } from '#lib/words/requests.ts';
import { namesHiddenCase, seenReferences } from '#lib/server/cases/visible-references.ts';
import { isHiddenConversation } from '#lib/server/channels/incoming/conversation.ts';
import { now } from '#lib/server/clock.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { accountNames, logPages, readLog, type LogEntry, type LogFilter } from '#lib/server/people/audit-log.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { auditLinks } from './audit-links.ts';

const messages = m as unknown as Record<string, (() => string) | undefined>;

/** Words of the values of a key. Each function knows some of them; a value that none knows is shown as it is. */
const WORDS: Record<string, readonly ((value: never) => string)[]> = {
	role: [roleWord],
	scopes: [scopeWord],
	service: [serviceWord],
	state: [ratingStateWord],
	move: [ratingMoveWord],
	verdict: [contestVerdictWord],
	way: [(way: (typeof WAYS)[number]) => m[`breach_way_${way}`]()],
	category: [categoryWord],
	rule: [ruleWord],
	channel: [channelWord],
	changed: [connectionValueWord],
	priority: [priorityWord],
	kind: [serviceWord, placeKindWord, kindWord, requestKindWord, actingWord],
	via: [requestWayWord],
	check: [personCheckWord],
	weekday: [formatWeekday],
	mode: [kioskModeWord],
	dayUnit: [dayUnitWord]
};

function wordOf(key: string, value: string | number): string {
	for (const word of WORDS[key] ?? []) {
		try {
			return word(value as never);
		} catch {
			// Not one of its values: an old entry can have a value that no longer exists.
		}
	}
	return String(value);
}

const UUID = new RegExp(UUID_SOURCE, 'g');
const REFERENCE = /\b(?:SPATULA|UJI)-?\d{4}-?\d{2}-?\d{6,}(?:\.\d{2,})?/gi;
const HIDDEN_REFERENCE = 'SPATULA-…';
/** Not for readers: the hash of the list of destroyed entries, and the id of the officer whom an entry names. */
const HIDDEN_KEYS = ['list', 'record'];

interface Reading {
	names: ReadonlyMap<string | null, string>;
	units: ReadonlyMap<string, { name: string }>;
	zone: string;
}

function valueText(key: string, value: unknown, reading: Reading): string {
	if (value === null || value === undefined || value === '') return '–';
	if (typeof value === 'boolean' || value === 'on' || value === 'off')
		return value === true || value === 'on' ? m.common_yes() : m.common_no();
	if (Array.isArray(value)) return value.map((one) => valueText(key, one, reading)).join(', ') || '–';
	if (typeof value === 'object')
		return (
			Object.entries(value)
				.map(([part, one]) => {
					const label = key === 'weekdays' ? wordOf('weekday', Number(part)) : auditLabelWord(part);
					return `${label} ${valueText(part, one, reading)}`;
				})
				.join('; ') || '–'
		);
	if (typeof value === 'number') return wordOf(key, value);
	const text = value as string;
	if (isLocalDate(text)) return formatShortDay(text);
	if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)) return formatDateTime(new Date(text), reading.zone);
	return wordOf(
		key,
		text.replace(UUID, (id) => reading.names.get(id) ?? m.audit_unknown())
	);
}

const record = (value: unknown): Record<string, unknown> => (value ?? {}) as Record<string, unknown>;

/** The filter of a downloaded list in words. The log stores that words were searched, not the words. */
function filterText(list: string, filter: Record<string, string>, { names, units }: Reading): string {
	const { q, ...rest } = filter;
	const nameOf = (id: string) => units.get(id)?.name ?? names.get(id) ?? (isUuid(id) ? m.audit_unknown() : undefined);
	const words = listFilterWords(list, new URLSearchParams(rest), nameOf, Boolean(q));
	return [words, q && m.audit_label_q()].filter(Boolean).join(' · ') || '–';
}

/** One changed value. `was` is absent where the entry has no value before, `is` where it has none after. */
function changesOf({ action, subject, before, after }: LogEntry, reading: Reading) {
	const [was, is] = [record(before), { ...record(after) }];
	if (action.startsWith('list.') && is.filter)
		is.filter = filterText(subject, is.filter as Record<string, string>, reading);
	const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((key) => !HIDDEN_KEYS.includes(key));
	return keys.map((key) => ({
		label: auditLabelWord(key),
		was: key in was ? valueText(key, was[key], reading) : undefined,
		is: key in is ? valueText(key, is[key], reading) : undefined
	}));
}

/** The subject in the words of the screens: units by name, days and periods as dates, codes as words. */
function subjectWord({ action, subject }: LogEntry, units: ReadonlyMap<string, { name: string }>): string {
	const [area] = action.split('.');
	const [first = '', last = ''] = subject.split(/[/ ]/);
	if (action === 'list.exported' || action === 'list.downloaded')
		return messages[`audit_list_${subject}`]?.() ?? subject;
	if (action === 'skm.published' || action === 'skm.withdrawn') return daysWord({ from: first, to: last });
	if (action === 'rule.changed') return wordOf('rule', subject.split('.')[0] ?? '');
	if (action === 'category_words.changed') return wordOf('category', subject);
	if (area === 'setup') return subject === 'key' ? m.setup_step_key() : m.backup_page();
	if (action === 'recap.filed' || action === 'recap.corrected' || area === 'follow_up')
		return periodKeyWord(first as never);
	if (area === 'unit' || action === 'lapor.changed') return units.get(subject)?.name ?? subject;
	return isLocalDate(subject) ? formatShortDay(subject) : subject;
}

const SUBJECT = '\u0000';

/** Condition for entries about cases or messages whose existence is hidden from the reader. */
const leftOut = (actor: Actor) =>
	or(
		namesHiddenCase(
			actor,
			sql`concat_ws(' ', ${auditEntries.subject}, ${auditEntries.after} ->> 'reference',
				${auditEntries.after} #>> '{filter,reference}')`
		),
		and(
			isAboutConversation,
			isHiddenConversation(actor, sql`substring(${auditEntries.subject} from '^#([0-9]{1,15})$')`)
		)
	);

/** The subject of the other two actions is a message that could not be processed. */
const isAboutConversation = and(
	like(auditEntries.action, 'conversation.%'),
	notInArray(auditEntries.action, ['conversation.tried_again', 'conversation.settled'])
);

const COUNTING = /^(breach\.|list\.|account\.handed_over$)/;

/** What an entry adds, without counts that can include reports that name the officer who reads it, or their ratings. */
function withoutCount({ officerId }: Actor, { action, after }: LogEntry) {
	if (officerId === null || !COUNTING.test(action) || !after) return after;
	const { count: _count, rows: _rows, told: _told, body: _letter, ...rest } = record(after);
	return rest;
}

/** Removes the numbers of cases that the actor may not see, and counts that include such cases, from entries of the log. */
async function withoutHiddenCases(actor: Actor, entries: readonly LogEntry[]): Promise<[LogEntry[], Set<string>]> {
	const seen = await seenReferences(actor, findOurReferences(JSON.stringify(entries)));
	const hide = <T>(value: T): T =>
		JSON.parse(
			JSON.stringify(value).replace(REFERENCE, (found) =>
				seen.has(findOurReferences(found)[0] ?? '') ? found : HIDDEN_REFERENCE
			)
		) as T;
	const shown = entries.map((entry) => {
		const { subject, reason, before } = entry;
		return { ...entry, ...hide({ subject, reason, before, after: withoutCount(actor, entry) }) };
	});
	return [shown, seen];
}

/**
 * Entries of the log as sentences in the reader's language, with links to what the reader may open.
 * @param people the accounts that the reader administers, for links to them
 */
export async function auditLines(
	actor: Actor,
	filter: LogFilter,
	zone: string,
	people: readonly { id: string; username: string }[] = []
) {
	const found = await readLog(actor, filter, zone, leftOut(actor));
	const link = await auditLinks(actor, found, people);
	const lines = await linesOf(actor, found, zone);
	return lines.map((line, index) => ({ ...line, href: line.href ?? (found[index] && link(found[index])) }));
}

async function linesOf(actor: Actor, found: readonly LogEntry[], zone: string) {
	const [entries, seen] = await withoutHiddenCases(actor, found);
	const { unitByCodeOrSlug, unitById, officerById, placeById } = await referenceData();
	const ids = [...new Set(JSON.stringify(entries.map(({ before, after }) => [before, after])).match(UUID))];
	const names = await accountNames(ids);
	for (const id of ids) {
		const known = unitById.get(id) ?? officerById.get(id) ?? placeById.get(id);
		if (known) names.set(id, known.name);
	}
	return entries.map((entry) => {
		const { id, at, unit, action, destroyedAt } = entry;
		// Without `after` the sentence has no place for the subject.
		const [before = '', after] = predicateOf(action, SUBJECT, entry.actor !== null).split(SUBJECT);
		return {
			id,
			at,
			unit,
			action,
			before,
			after: after ?? '',
			destroyedAt,
			actor: entry.actor ?? m.party_system(),
			subject: after === undefined ? '' : subjectWord(entry, unitByCodeOrSlug),
			href: seen.has(entry.subject) ? `/desk/cases/${entry.subject}` : undefined,
			because: entry.reason && m.audit_because({ reason: auditReasonWord(action, entry.reason) }),
			changes: changesOf(entry, { names, units: unitByCodeOrSlug, zone })
		};
	});
}

/**
 * The log as lines of a CSV file, the first with the names of its columns: the sentences of the page, and the code of each
 * action. Times are in the zone. The text begins with a byte order mark, and text that looks like a formula is neutralised.
 */
export async function* auditCsv(actor: Actor, filter: LogFilter, zone: string): AsyncGenerator<string> {
	const about = [m.term_unit(), m.admin_log_action(), m.admin_log_values(), m.common_code()];
	yield csvLine([`${m.common_time()} (${zoneName(now(), zone)})`, m.copy_by(), ...about], true);
	for await (const page of logPages(actor, filter, zone, leftOut(actor)))
		for (const line of await linesOf(actor, page, zone)) {
			const { at, actor: by, unit, action, before, subject, after, because, changes } = line;
			const sentence = [`${before}${subject}${after}`, because].filter(Boolean).join(' ');
			const values = changes.map(
				({ label, was, is = '–' }) => `${label}: ${was === undefined ? is : `${was} → ${is}`}`
			);
			const time = `${localDate(at, zone)} ${localTime(at, zone)}`;
			yield csvLine([time, by, unit ?? m.admin_log_everywhere(), sentence, values.join('; '), action]);
		}
}

const csvLine = (cells: readonly string[], bom = false) => stringify([cells], { ...GUARDED_CSV, bom });
