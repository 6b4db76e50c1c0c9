import { formatDateTime } from '#lib/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Condition, Finding, FindingCode, SaidCode, Subject } from '#lib/server/health/finding.ts';
import { fileSize, formatNumber } from '#lib/text/numbers.ts';
import { connectionFault } from '#lib/words/channels.ts';
import type { Look } from '#lib/ui/content/status-icons.ts';
import { faultWord } from '../backup/backup-words.ts';

export function subjectWord(subject: Subject): string {
	if (subject === 'channels') return m.channels_page();
	return subject === 'log' ? m.common_page_log() : m[`health_${subject}`]();
}
export const conditionWord = (condition: Condition): string => m[`health_condition_${condition}`]();

export const conditionLooks: Record<Condition, Look> = {
	bad: { tone: 'danger', shape: 'stop' },
	watch: { tone: 'warn', shape: 'bang' },
	off: { tone: 'neutral', shape: 'pause' },
	good: { tone: 'good', shape: 'check' }
};

/** Findings with the same next step, by the end of the message's name. */
const SHARED_NEXT: Partial<Record<FindingCode, 'jobs' | 'backup' | 'errors'>> = {
	jobs_never: 'jobs',
	jobs_silent: 'jobs',
	backup_old: 'backup',
	backup_failed: 'backup',
	backup_failed_old: 'backup',
	backup_failed_all: 'backup',
	backup_never: 'backup',
	errors_some: 'errors',
	unseen: 'errors'
};

/** Pages for the next step, by finding or subject. */
const PAGES: Partial<Record<FindingCode | Subject, string>> = {
	outgoing: '/admin/backup',
	backup: '/admin/backup',
	log: '/admin/people',
	calendar: '/admin/calendar',
	offices: '/admin/people',
	lapor_manual: '/desk/escalations',
	lapor_halted: '/admin/lapor',
	lapor_open: '/admin/lapor',
	lapor_stuck: '/admin/lapor',
	lapor_unknown: '/desk/escalations?state=unknown',
	lapor_unused: '/admin/lapor',
	mail_held_up: '/admin/mail?list=waiting',
	mail_undecided: '/admin/mail',
	mail_lost: '/admin/mail',
	mail_unused: '/admin/mail#trial',
	channel_failed: '/admin/channels',
	channel_behind: '/admin/channels'
};

/** What is said of the latest good backup after a later one has failed. */
const AFTER_FAILED: Partial<Record<FindingCode, SaidCode>> = {
	backup_failed: 'backup_good',
	backup_failed_old: 'backup_old',
	backup_failed_all: 'backup_never'
};

type Values = Record<string, string>;
const messages = m as unknown as Partial<Record<string, (values: Values) => string>>;

/** Values that are bytes. */
const SIZES = ['size', 'free', 'reserved', 'need'];

function shown(name: string, value: string | number | Date, zone: string): string {
	if (value instanceof Date) return formatDateTime(value, zone);
	if (typeof value === 'number') return SIZES.includes(name) ? fileSize(value) : formatNumber(value);
	return name === 'kind' ? (value === 'pglite' ? m.health_database_embedded() : 'PostgreSQL') : value;
}

/** Text of a finding: its meaning, the next step, and the page for that step. */
export function findingWords({ subject, code, data = {} }: Finding, zone: string) {
	const values = Object.fromEntries(Object.entries(data).map(([name, value]) => [name, shown(name, value, zone)]));
	const says = (said: string, more: Values = {}) => messages[`health_says_${said}`]?.({ ...values, ...more }) ?? '';
	const { fault = '', latest = '' } = values;
	const after = AFTER_FAILED[code];
	return {
		says: after
			? `${says('backup_failed', { fault: faultWord(fault) })} ${says(after, { at: latest })}`
			: [says(code), code === 'channel_failed' ? connectionFault(fault) : ''].join(' ').trim(),
		next: messages[`health_next_${SHARED_NEXT[code] ?? code}`]?.({}),
		href: PAGES[code] ?? PAGES[subject]
	};
}
