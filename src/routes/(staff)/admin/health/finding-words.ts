import { formatDateTime } from '#lib/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Condition, Finding, Subject } from '#lib/server/health/finding.ts';
import { formatNumber } from '#lib/text/numbers.ts';
import { connectionFault } from '#lib/words/channels.ts';
import type { Look } from '#lib/ui/content/shapes.ts';
import { faultWord } from '../backup/backup-words.ts';

export const subjectWords: Record<Subject, () => string> = {
	database: m.health_database,
	disk: m.health_disk,
	jobs: m.health_jobs,
	outgoing: m.health_outgoing,
	lapor: m.health_lapor,
	mail: m.health_mail,
	channels: m.channels_page,
	calendar: m.health_calendar,
	backup: m.health_backup,
	clock: m.health_clock,
	settings: m.health_settings,
	errors: m.health_errors,
	site: m.health_site
};

export const conditionWords: Record<Condition, () => string> = {
	bad: m.health_condition_bad,
	watch: m.health_condition_watch,
	off: m.health_condition_off,
	good: m.health_condition_good
};

export const conditionLooks: Record<Condition, Look> = {
	bad: { tone: 'danger', shape: 'stop' },
	watch: { tone: 'warn', shape: 'bang' },
	off: { tone: 'neutral', shape: 'pause' },
	good: { tone: 'good', shape: 'check' }
};

/** Formatters for the values in a finding's `data`, by name of the value. */
interface Formatters {
	/** A number. */
	n: (name: string) => string;
	/** Bytes as gigabytes or megabytes. */
	size: (name: string) => string;
	/** A time. */
	at: (name: string) => string;
	/** A text, unchanged. */
	text: (name: string) => string;
}
interface Words {
	says: (shown: Formatters) => string;
	/** The next step; undefined if there is nothing to do. */
	next?: () => string;
	/** Page for the next step. */
	href?: string;
}

const counts = ({ n }: Formatters) => ({ waiting: n('waiting'), unknown: n('unknown'), failed: n('failed') });

const failed = ({ at, text }: Formatters) =>
	m.health_says_backup_failed({ at: at('at'), fault: faultWord(text('fault')) });

const words: Record<string, Words> = {
	database_good: {
		says: ({ n, size, text }) =>
			m.health_says_database_good({ ...database(text), took: n('took'), size: size('bytes') })
	},
	database_slow: {
		says: ({ n, size, text }) =>
			m.health_says_database_slow({ ...database(text), took: n('took'), size: size('bytes') }),
		next: m.health_next_database_slow
	},
	disk_good: { says: ({ size }) => m.health_says_disk_good({ free: size('free'), size: size('size') }) },
	disk_low: {
		says: ({ size }) => m.health_says_disk_low({ free: size('free'), size: size('size') }),
		next: m.health_next_disk_low
	},
	disk_full: {
		says: ({ size }) => m.health_says_disk_full({ free: size('free'), reserved: size('reserved') }),
		next: m.health_next_disk_full
	},
	jobs_good: { says: ({ at }) => m.health_says_jobs_good({ at: at('last') }) },
	jobs_starting: { says: ({ at }) => m.health_says_jobs_starting({ at: at('since') }) },
	jobs_never: { says: () => m.health_says_jobs_never(), next: m.health_next_jobs },
	jobs_silent: { says: ({ at }) => m.health_says_jobs_silent({ at: at('last') }), next: m.health_next_jobs },
	jobs_behind: {
		says: ({ n, text }) => m.health_says_jobs_behind({ job: text('job'), count: n('count') }),
		next: m.health_next_jobs_behind
	},
	outgoing_held: {
		says: () => m.health_says_outgoing_held(),
		next: m.health_next_outgoing_held,
		href: '/admin/backup'
	},
	lapor_manual: {
		says: (shown) => m.health_says_lapor_manual(counts(shown)),
		next: m.health_next_lapor_manual,
		href: '/desk/escalations'
	},
	lapor_settings: {
		says: ({ text }) => m.health_says_lapor_settings({ names: text('names') }),
		next: m.health_next_lapor_settings
	},
	lapor_halted: {
		says: (shown) => m.health_says_lapor_halted({ ...counts(shown), at: shown.at('since') }),
		next: m.health_next_lapor_halted,
		href: '/admin/lapor'
	},
	lapor_open: {
		says: (shown) => m.health_says_lapor_open({ ...counts(shown), at: shown.at('until') }),
		next: m.health_next_lapor_open,
		href: '/admin/lapor'
	},
	lapor_unknown: {
		says: (shown) => m.health_says_lapor_unknown(counts(shown)),
		next: m.health_next_lapor_unknown,
		href: '/desk/escalations?state=unknown'
	},
	lapor_good: { says: (shown) => m.health_says_lapor_good({ ...counts(shown), at: shown.at('last') }) },
	lapor_unused: { says: () => m.health_says_lapor_unused(), next: m.health_next_lapor_unused, href: '/admin/lapor' },
	mail_off: { says: () => m.health_says_mail_off(), next: m.health_next_mail_off },
	mail_held_up: {
		says: (shown) => m.health_says_mail_held_up({ ...counts(shown), at: shown.at('since') }),
		next: m.health_next_mail_held_up,
		href: '/admin/mail?list=waiting'
	},
	mail_undecided: {
		says: (shown) => m.health_says_mail_undecided(counts(shown)),
		next: m.health_next_mail_undecided,
		href: '/admin/mail'
	},
	mail_good: { says: (shown) => m.health_says_mail_good({ ...counts(shown), at: shown.at('last') }) },
	mail_unused: {
		says: (shown) => m.health_says_mail_unused(counts(shown)),
		next: m.health_next_mail_unused,
		href: '/admin/mail#trial'
	},
	channel_paused: {
		says: ({ text, at }) => m.health_says_channel_paused({ address: text('address'), at: at('since') }),
		href: '/admin/channels'
	},
	channel_failed: {
		says: ({ text, at }) =>
			`${m.health_says_channel_failed({ address: text('address'), at: at('since') })} ${connectionFault(text('fault'))}`,
		next: m.health_next_channel_failed,
		href: '/admin/channels'
	},
	channel_behind: {
		says: ({ text, at }) => m.health_says_channel_behind({ address: text('address'), at: at('since') }),
		next: m.health_next_channel_behind,
		href: '/admin/channels'
	},
	channel_unknown: {
		says: ({ text, n }) => m.health_says_channel_unknown({ address: text('address'), count: n('count') }),
		next: m.health_next_channel_unknown
	},
	channel_new: { says: ({ text }) => m.health_says_channel_new({ address: text('address') }), href: '/admin/channels' },
	channel_good: {
		says: ({ text, at }) => m.health_says_channel_good({ address: text('address'), at: at('last') })
	},
	calendar_good: { says: () => m.health_says_calendar_good() },
	calendar_missing: {
		says: ({ text }) => m.health_says_calendar_missing({ year: text('year') }),
		next: m.health_next_calendar_missing,
		href: '/admin/calendar'
	},
	backup_good: { says: ({ at }) => m.health_says_backup_good({ at: at('latest') }) },
	backup_old: {
		says: ({ at }) => m.health_says_backup_old({ at: at('latest') }),
		next: m.health_next_backup,
		href: '/admin/backup'
	},
	backup_failed: {
		says: (shown) => `${failed(shown)} ${m.health_says_backup_good({ at: shown.at('latest') })}`,
		next: m.health_next_backup,
		href: '/admin/backup'
	},
	backup_failed_old: {
		says: (shown) => `${failed(shown)} ${m.health_says_backup_old({ at: shown.at('latest') })}`,
		next: m.health_next_backup,
		href: '/admin/backup'
	},
	backup_failed_all: {
		says: (shown) => `${failed(shown)} ${m.health_says_backup_never()}`,
		next: m.health_next_backup,
		href: '/admin/backup'
	},
	backup_disk_full: {
		says: ({ size, text }) =>
			m.health_says_backup_disk_full({ folder: text('folder'), free: size('free'), need: size('need') }),
		next: m.health_next_backup_disk_full,
		href: '/admin/backup'
	},
	backup_never: { says: () => m.health_says_backup_never(), next: m.health_next_backup, href: '/admin/backup' },
	clock_alone: { says: ({ at }) => m.health_says_clock_alone({ at: at('at') }), next: m.health_next_clock_alone },
	clock_agrees: { says: ({ at }) => m.health_says_clock_agrees({ at: at('at') }) },
	clock_differs: {
		says: ({ n }) => m.health_says_clock_differs({ seconds: n('seconds') }),
		next: m.health_next_clock_differs
	},
	settings_good: { says: () => m.health_says_settings_good() },
	settings_demo: { says: () => m.health_says_settings_demo(), next: m.health_next_settings_demo },
	settings_limits: { says: () => m.health_says_settings_limits(), next: m.health_next_settings_limits },
	settings_origin: { says: () => m.health_says_settings_origin(), next: m.health_next_settings_origin },
	settings_proxy: { says: () => m.health_says_settings_proxy(), next: m.health_next_settings_proxy },
	settings_no_proxy: { says: () => m.health_says_settings_no_proxy(), next: m.health_next_settings_no_proxy },
	errors_none: { says: () => m.health_says_errors_none() },
	errors_some: {
		says: ({ n, at }) => m.health_says_errors_some({ count: n('count'), at: at('last') }),
		next: m.health_next_errors
	},
	site_good: { says: ({ text, at }) => m.health_says_site({ version: text('version'), at: at('since') }) }
};
/** Text for a part that could not be checked and for unknown codes. */
const UNKNOWN: Words = { says: () => m.health_says_unseen(), next: m.health_next_errors };

const database = (text: Formatters['text']) => ({
	kind: text('kind') === 'pglite' ? m.health_database_embedded() : 'PostgreSQL'
});

const GIGABYTE = 1024 ** 3;
const MEGABYTE = 1024 ** 2;

/** Text of a finding: its meaning, the next step, and the page for that step. */
export function findingWords({ code, data = {} }: Finding, zone: string) {
	const number = (name: string) => Number(data[name] ?? 0);
	const shown: Formatters = {
		n: (name) => formatNumber(number(name)),
		size: (name) =>
			number(name) >= GIGABYTE
				? `${formatNumber(Math.round((number(name) / GIGABYTE) * 10) / 10)} GB`
				: `${formatNumber(Math.round(number(name) / MEGABYTE))} MB`,
		at: (name) => {
			const at = data[name];
			return at instanceof Date ? formatDateTime(at, zone) : '–';
		},
		text: (name) => String(data[name] ?? '')
	};
	const { says, next, href } = words[code] ?? UNKNOWN;
	return { says: says(shown), next: next?.(), href };
}
