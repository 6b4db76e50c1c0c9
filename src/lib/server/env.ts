import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { DAY_SECONDS } from '#lib/calendar/durations.ts';
import { StartError } from './errors.ts';

const onOff = (fallback: 'on' | 'off') =>
	z
		.enum(['on', 'off'], { error: 'must be on or off' })
		.default(fallback)
		.transform((value) => value === 'on');

const port = (fallback: number) =>
	z.coerce.number({ error: 'must be a port number' }).int().min(0).max(65_535).default(fallback);

const secret = z.string().refine((value) => value.trim().length >= 32, 'must be at least 32 characters');

/** A value that is sent in a header. */
const header = z.string().regex(/^[ -~]*$/, 'must be one line without special characters');

/** A bearer token has no spaces, because clients and the site read it only up to a space. */
const BEARER = /^[!-~]*$/;
const BEARER_FAULT = 'must have no spaces or special characters';

/** A longer wait is a typing error. A far longer one exceeds what timers and dates can hold. */
const MOST_SECONDS = 30 * DAY_SECONDS;

const seconds = z.coerce
	.number({ error: 'must be a number of seconds' })
	.int()
	.positive()
	.max(MOST_SECONDS, `must be at most ${MOST_SECONDS} seconds, which are 30 days`);

/**
 * The origin as browsers send it: in lower case, without the default port. Undefined if the text is no http(s) URL or
 * has more than an origin.
 */
function originOf(text: string): string | undefined {
	const url = URL.parse(text);
	return url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/` ? url.origin : undefined;
}

const origin = z.string().transform((value, context) => {
	const origins = value.split(',').map((part) => originOf(part.trim()));
	if (origins.every((one) => one !== undefined)) return origins;
	const message = 'must be one or more origins such as https://spatula.example.go.id, separated by commas';
	context.issues.push({ code: 'custom', input: value, message });
	return z.NEVER;
});

/** An e-mail address, or a name with the address in angle brackets. Line breaks would end the mail header. */
const SENDER = /^(?:[^\s@<>]+@[^\s@<>]+|[^<>\r\n]+ <[^\s@<>]+@[^\s@<>]+>)$/;

/** Tokens travel by https, except on this machine. */
const isSafeIssuer = ({ protocol, hostname }: URL): boolean =>
	protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);

/** Whether the drivers can parse the address and decode its parts. */
function isReadable(url: string): boolean {
	try {
		return decodeURIComponent(new URL(url).href) !== '';
	} catch {
		return false;
	}
}

/**
 * Whether the URL has only parameters that the drivers of the pages and of the job queue understand in the same way.
 */
const hasCommonParameters = (url: string): boolean =>
	[...new URL(url).searchParams].every(
		([name, value]) => name === 'sslmode' && ['disable', 'require', 'verify-full'].includes(value)
	);

/** One of the two drivers splits a host at its colons, so both work only with one host, given as a name or an IPv4 address. */
const namesOneHost = (url: string): boolean => !/^\[|,/.test(new URL(url).hostname);

const schema = z
	.object({
		NODE_ENV: z
			.enum(['production', 'development', 'test'], { error: 'must be production, development or test' })
			.default('development'),
		HOST: z.string().default('0.0.0.0'),
		PORT: port(3000),
		ORIGIN: origin.optional(),
		TRUST_PROXY: z.coerce.number({ error: 'must be a number of proxy hops' }).int().min(0).default(0),
		DATABASE_URL: z
			.string()
			.regex(/^postgres(ql)?:\/\//, 'must start with postgres://')
			.refine(isReadable, {
				message:
					'must be like postgres://user:password@host:5432/database, with one host and special characters of the password as %XX',
				abort: true
			})
			.refine(namesOneHost, 'must contain one host, as a name or an IPv4 address')
			.refine(hasCommonParameters, 'can have only the parameter sslmode, which is disable, require or verify-full')
			.optional(),
		DATA_DIR: z
			.string()
			.default('./data')
			.transform((path) => resolve(path)),
		/** Megabytes of disk space that uploads and backups leave free, so that reports can still be stored. */
		DISK_RESERVE_MB: z.coerce.number({ error: 'must be a number of megabytes' }).int().min(0).default(200),
		BACKUP_DIR: z
			.string()
			.transform((path) => resolve(path))
			.optional(),
		BACKUP_PASSPHRASE: z.string().min(16, 'must be at least 16 characters').optional(),
		DEMO: onOff('off'),
		APP_KEY: secret,
		JOBS: onOff('on'),
		LAPOR_MODE: z.enum(['manual', 'api'], { error: 'must be manual or api' }).default('manual'),
		LAPOR_BASE_URL: z.url({ protocol: /^https?$/, error: 'must be an http(s) address' }).optional(),
		LAPOR_AUTH_HEADER: z.enum(['Authorization', 'auth'], { error: 'must be Authorization or auth' }).default('auth'),
		LAPOR_BEARER: header.optional(),
		LAPOR_TOKEN: header.optional(),
		LAPOR_LOOKUP: onOff('off'),
		/** Longest time between two polls. Without it only the intervals of `poll-clock.ts` apply. */
		LAPOR_POLL_SECONDS: seconds.optional(),
		LAPOR_RETRY_SECONDS: z
			.string()
			.default('60,300,900,3600')
			.transform((value) => value.split(',').map(Number))
			.refine(
				(list) => list.length > 0 && list.every((wait) => Number.isInteger(wait) && wait > 0 && wait <= MOST_SECONDS),
				{ message: `must be whole seconds, at most ${MOST_SECONDS}, separated by commas, such as 60,300,900,3600` }
			),
		LAPOR_LEASE_SECONDS: seconds.default(90),
		LAPOR_SANDBOX_PORT: port(4010),
		SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must be an smtp(s) address' }).optional(),
		MAIL_FROM: z
			.string()
			.regex(SENDER, 'must be an address such as spatula@example.go.id, or SPATULA <spatula@example.go.id>')
			.optional(),
		OIDC_ISSUER: z
			.url({ protocol: /^https?$/, error: 'must be the https address of the identity provider' })
			.refine((text) => !URL.canParse(text) || isSafeIssuer(new URL(text)), {
				message: 'must be the https address of the identity provider'
			})
			.optional(),
		OIDC_CLIENT_ID: z.string().optional(),
		OIDC_CLIENT_SECRET: z.string().optional(),
		OIDC_LABEL: z.string().max(40, 'must have at most 40 characters').default('SSO'),
		LIMITS: onOff('on'),
		METRICS_TOKEN: z.string().regex(BEARER, BEARER_FAULT).optional(),
		BOOTSTRAP_TOKEN: secret.regex(BEARER, BEARER_FAULT).optional(),
		LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info')
	})
	.check((context) => {
		const value = context.value;
		const missing = (key: string, message: string) =>
			context.issues.push({ code: 'custom', input: value, path: [key], message });
		if (value.NODE_ENV === 'production' && !value.ORIGIN)
			missing('ORIGIN', 'is required: the address people type, such as https://spatula.example.go.id');
		if (!value.JOBS && !value.DATABASE_URL)
			missing('JOBS', 'can be off only with DATABASE_URL: the embedded database is opened by one process');
		if (value.SMTP_URL && !value.MAIL_FROM) missing('MAIL_FROM', 'is required if SMTP_URL is set');
		if (value.MAIL_FROM && !value.SMTP_URL) missing('SMTP_URL', 'is required if MAIL_FROM is set');
		const provider = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'] as const;
		const given = provider.find((name) => value[name]);
		for (const name of provider) if (given && !value[name]) missing(name, `is required if ${given} is set`);
		const lapor = ['LAPOR_BASE_URL', 'LAPOR_BEARER', 'LAPOR_TOKEN'] as const;
		const viaApi = value.LAPOR_MODE === 'api';
		for (const name of lapor) if (viaApi && !value[name]) missing(name, 'is required if LAPOR_MODE is api');
	});

export type Env = z.output<typeof schema>;

/** The name of every setting, for tests. */
export const SETTING_NAMES: readonly string[] = Object.keys(schema.shape);

/** Settings that can also be given as NAME_FILE, the path of a file that contains the value. */
export const SECRETS: readonly string[] = [
	...['APP_KEY', 'DATABASE_URL', 'BACKUP_PASSPHRASE', 'LAPOR_BEARER', 'LAPOR_TOKEN', 'SMTP_URL'],
	...['OIDC_CLIENT_SECRET', 'METRICS_TOKEN', 'BOOTSTRAP_TOKEN']
];

type Given = Record<string, string | undefined>;

/** The name and value of a secret that is given as a file. @throws StartError if it can't be read, or is given twice */
export function secretOfFile(name: string, given: Given): [string, string] | undefined {
	const path = given[`${name}_FILE`];
	if (!path) return undefined;
	if (given[name]) throw new StartError(`${name}_FILE and ${name} are both set: set only one of them`);
	try {
		const text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
		if (text) return [name, text];
	} catch (error) {
		throw new StartError(`${name}_FILE can't be read: ${(error as Error).message}`);
	}
	throw new StartError(`${name}_FILE is empty`);
}

/** Reads the settings from `source`; the first wrong or missing one is a StartError of one line. Empty means absent. */
export function readEnv(source: Given): Env {
	const given = Object.fromEntries([
		...Object.entries(source).filter(([, value]) => value !== undefined && value !== ''),
		...SECRETS.map((name) => secretOfFile(name, source)).filter((entry) => entry !== undefined)
	]);
	if (given.STORAGE_URL) throw new StartError('STORAGE_URL is not supported: files are stored in DATA_DIR');
	const result = schema.safeParse(given);
	if (result.success) return result.data;
	const [issue] = result.error.issues;
	const name = String(issue?.path[0] ?? 'settings');
	const text = name in given || issue?.code === 'custom' ? (issue?.message ?? '') : 'is required';
	throw new StartError(`${name} ${text}`);
}

/** Whether two names differ by one letter that is missing, added or wrong, or by two that are swapped. */
function isOneEditAway(name: string, other: string): boolean {
	let at = 0;
	while (at < name.length && name[at] === other[at]) at++;
	const rests = (cut: number, otherCut: number) => name.slice(at + cut) === other.slice(at + otherCut);
	const isSwapped = name[at] === other[at + 1] && name[at + 1] === other[at];
	return rests(1, 1) || rests(0, 1) || rests(1, 0) || (isSwapped && rests(2, 2));
}

/**
 * Variables whose names are probably mistyped names of settings: one edit away from a setting that is not given,
 * also not by a file. They can belong to another program, so they do not stop the start.
 */
export function mistypedSettings(source: Given = process.env): { given: string; meant: string }[] {
	const known = [...SETTING_NAMES, ...SECRETS.map((name) => `${name}_FILE`)];
	const isGiven = (name: string) => [name, `${name}_FILE`, name.replace(/_FILE$/, '')].some((way) => source[way]);
	return Object.keys(source)
		.filter((given) => source[given] && !known.includes(given))
		.flatMap((given) => {
			const meant = known.find((name) => !isGiven(name) && isOneEditAway(given, name));
			return meant ? [{ given, meant }] : [];
		});
}

let current: Env | undefined;

/** The settings of this process, read once. */
export function env(): Env {
	return (current ??= readEnv(process.env));
}

/** The folder of backups without BACKUP_DIR. */
export const defaultBackupFolder = (): string => join(env().DATA_DIR, 'backups');

/** The folder of backups, and of the journal of destructions. */
export const backupFolder = (): string => env().BACKUP_DIR ?? defaultBackupFolder();

export function forgetEnv(): void {
	current = undefined;
}

export function overrideEnv(changes: Partial<Env>): void {
	current = { ...env(), ...changes };
}
