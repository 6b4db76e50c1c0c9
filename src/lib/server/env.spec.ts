import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { mistypedSettings, readEnv, SECRETS, SETTING_NAMES } from './env.ts';

const read = (given: Record<string, string>) =>
	readEnv({ APP_KEY: 'a key for tests, long enough to be one', ...given });

describe('the settings of outgoing mail', () => {
	it('are optional, but must be set together', () => {
		expect(read({}).SMTP_URL).toBeUndefined();
		for (const from of ['spatula@contoh.go.id', 'SPATULA BPS <spatula@contoh.go.id>'])
			expect(read({ SMTP_URL: 'smtp://user:pass@mail.contoh.go.id:587', MAIL_FROM: from }).MAIL_FROM).toBe(from);
	});

	it.each([
		[{ SMTP_URL: 'smtp://127.0.0.1:25' }, 'MAIL_FROM is required if SMTP_URL is set'],
		[{ MAIL_FROM: 'spatula@contoh.go.id' }, 'SMTP_URL is required if MAIL_FROM is set'],
		[{ SMTP_URL: 'http://127.0.0.1', MAIL_FROM: 'a@b.id' }, 'SMTP_URL must be an smtp(s) address'],
		[
			{ SMTP_URL: 'smtp://127.0.0.1', MAIL_FROM: 'SPATULA' },
			'MAIL_FROM must be an address such as spatula@example.go.id, or SPATULA <spatula@example.go.id>'
		],
		[
			{ SMTP_URL: 'smtp://127.0.0.1', MAIL_FROM: 'x\r\nBcc: y@z <a@b.id>' },
			'MAIL_FROM must be an address such as spatula@example.go.id, or SPATULA <spatula@example.go.id>'
		]
	])('prevent the start with a one-line error: %j', (given: Record<string, string>, line) => {
		expect(() => read(given)).toThrow(line);
	});
});

describe('the settings of single sign-on', () => {
	const all = { OIDC_ISSUER: 'https://sso.contoh.go.id', OIDC_CLIENT_ID: 'spatula', OIDC_CLIENT_SECRET: 'x' };

	it('are optional, but must be set together, with http on this machine only', () => {
		expect(read({})).toMatchObject({ OIDC_LABEL: 'SSO' });
		expect(read(all)).toMatchObject(all);
		expect(read({ ...all, OIDC_ISSUER: 'http://127.0.0.1:4000' }).OIDC_ISSUER).toBe('http://127.0.0.1:4000');
	});

	it.each([
		[{ OIDC_CLIENT_ID: 'spatula' }, 'OIDC_ISSUER is required if OIDC_CLIENT_ID is set'],
		[{ ...all, OIDC_CLIENT_SECRET: '' }, 'OIDC_CLIENT_SECRET is required if OIDC_ISSUER is set'],
		[{ ...all, OIDC_ISSUER: 'http://sso.contoh.go.id' }, 'OIDC_ISSUER must be the https address'],
		[{ ...all, OIDC_ISSUER: 'sso.contoh.go.id' }, 'OIDC_ISSUER must be the https address'],
		[{ ...all, OIDC_LABEL: 'x'.repeat(41) }, 'OIDC_LABEL must have at most 40 characters']
	])('prevent the start with a one-line error: %j', (given: Record<string, string>, line) => {
		expect(() => read(given)).toThrow(line);
	});
});

it('METRICS_TOKEN may have any length, and an empty value counts as unset', () => {
	expect(read({ METRICS_TOKEN: 'x' }).METRICS_TOKEN).toBe('x');
	expect(read({ METRICS_TOKEN: '' }).METRICS_TOKEN).toBeUndefined();
});

describe('a secret in a file', () => {
	const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
	afterAll(() => rmSync(folder, { recursive: true }));
	const path = join(folder, 'passphrase');

	it('is its text without the line break at the end', () => {
		writeFileSync(path, 'kata sandi cadangan\n');
		expect(read({ BACKUP_PASSPHRASE_FILE: path }).BACKUP_PASSPHRASE).toBe('kata sandi cadangan');
	});

	it.each([
		['\n', {}, 'BACKUP_PASSPHRASE_FILE is empty'],
		['pendek\n', {}, 'BACKUP_PASSPHRASE must be at least 16 characters'],
		['x', { BACKUP_PASSPHRASE: 'x' }, 'BACKUP_PASSPHRASE_FILE and BACKUP_PASSPHRASE are both set'],
		['x', { BACKUP_PASSPHRASE_FILE: join(path, 'x') }, "BACKUP_PASSPHRASE_FILE can't be read: ENOTDIR"]
	])('prevents the start with a one-line error: %j %j', (text, given: Record<string, string>, line) => {
		writeFileSync(path, text);
		expect(() => read({ BACKUP_PASSPHRASE_FILE: path, ...given })).toThrow(line);
	});
});

const UNREADABLE = 'DATABASE_URL must be like postgres://user:password@host:5432/database, with one host';

it.each([
	[{ APP_KEY: ' '.repeat(40) }, 'APP_KEY must be at least 32 characters'],
	[{ ORIGIN: 'ftp://spatula.contoh.go.id' }, 'ORIGIN must be one or more origins'],
	[{ ORIGIN: 'https://spatula.contoh.go.id/mamuju' }, 'ORIGIN must be one or more origins'],
	[{ ORIGIN: 'https://spatula.contoh.go.id,' }, 'ORIGIN must be one or more origins'],
	[{ LAPOR_LEASE_SECONDS: '6442451' }, 'LAPOR_LEASE_SECONDS must be at most 2592000 seconds'],
	[{ LAPOR_RETRY_SECONDS: '60,8640000000000' }, 'LAPOR_RETRY_SECONDS must be whole seconds, at most 2592000'],
	[{ LAPOR_BEARER: 'Bearer abc\ndef' }, 'LAPOR_BEARER must be one line'],
	[{ LAPOR_TOKEN: 'abc\n' }, 'LAPOR_TOKEN must be one line'],
	[{ LAPOR_TOKEN: 'abc–def' }, 'LAPOR_TOKEN must be one line'],
	[{ DATABASE_URL: 'postgres://u:p@[2001:db8::5]:5432/d' }, 'DATABASE_URL must contain one host'],
	[{ DATABASE_URL: 'postgres://u:p@a,b/d' }, 'DATABASE_URL must contain one host'],
	[{ DATABASE_URL: 'postgres://u:p@a:5432,b:5432/d' }, UNREADABLE],
	[{ DATABASE_URL: 'postgres://u:a#b@h/d' }, UNREADABLE],
	[{ DATABASE_URL: 'postgres://u:a/b@h/d' }, UNREADABLE],
	[{ DATABASE_URL: 'postgres://u:a%b@h/d' }, UNREADABLE],
	[{ DATABASE_URL: 'mysql://u:p@a:5432,b:5432/d' }, 'DATABASE_URL must start with postgres://'],
	[{ DATABASE_URL: 'postgres://u:p@h/d?sslmode=prefer' }, 'DATABASE_URL can have only the parameter sslmode'],
	[{ DATABASE_URL: 'postgres://u:p@h/d?sslmode=require&sslrootcert=/x' }, 'DATABASE_URL can have only the parameter'],
	[{ METRICS_TOKEN: 'dua kata' }, 'METRICS_TOKEN must have no spaces'],
	[{ BOOTSTRAP_TOKEN: 'dua kata '.repeat(8) }, 'BOOTSTRAP_TOKEN must have no spaces']
])('a value that cannot work prevents the start with a one-line error: %j', (given: Record<string, string>, line) => {
	expect(() => read(given)).toThrow(line);
});

it('origins are read as browsers send them', () => {
	expect(read({ ORIGIN: 'https://Spatula.contoh.go.id:443/, http://10.0.0.5:3000' }).ORIGIN).toEqual([
		'https://spatula.contoh.go.id',
		'http://10.0.0.5:3000'
	]);
});

it('an unknown NODE_ENV prevents the start, because only production requires ORIGIN', () => {
	expect(read({ NODE_ENV: 'test' }).ORIGIN).toBeUndefined();
	expect(() => read({ NODE_ENV: 'production' })).toThrow('ORIGIN is required');
	expect(() => read({ NODE_ENV: 'prod' })).toThrow('NODE_ENV must be production, development or test');
});

it('STORAGE_URL prevents the start, because files can only be stored in DATA_DIR', () => {
	expect(() => read({ STORAGE_URL: 's3://bucket' })).toThrow('STORAGE_URL is not supported');
});

describe('a mistyped name', () => {
	it.each([
		['DATABSE_URL', 'DATABASE_URL'],
		['DATABASE_URLS', 'DATABASE_URL'],
		['DATABASE_URI', 'DATABASE_URL'],
		['SMPT_URL', 'SMTP_URL'],
		['MTP_URL', 'SMTP_URL'],
		['XORIGIN', 'ORIGIN'],
		['APP_KEY_FLIE', 'APP_KEY_FILE']
	])('%s is reported as %s and does not prevent the start', (given, meant) => {
		expect(mistypedSettings({ [given]: 'x' })).toEqual([{ given, meant }]);
		expect(read({ [given]: 'x' })).toMatchObject({ LIMITS: true });
	});

	it('is not reported if two letters differ, the variable is empty, or the setting itself is set', () => {
		expect(mistypedSettings({ DATABESE_URLS: 'x', HOME: '/root', PATH: '/bin', SMPT_URL: '' })).toEqual([]);
		expect(mistypedSettings({ API_KEY: 'of another program', APP_KEY: 'x' })).toEqual([]);
	});

	it('is not reported if the setting itself is set, as a value or as a file', () => {
		expect(mistypedSettings({ API_KEY: 'of another program', APP_KEY_FILE: '/run/app-key' })).toEqual([]);
		expect(mistypedSettings({ SMTP_URI: 'x', SMTP_URL_FILE: '/run/smtp' })).toEqual([]);
		expect(mistypedSettings({ API_KEY_FILE: '/run/other', APP_KEY: 'x' })).toEqual([]);
	});

	it('is not reported for a correct name', () => {
		for (const name of [...SETTING_NAMES, ...SECRETS.map((secret) => `${secret}_FILE`)])
			expect(mistypedSettings({ [name]: 'x' })).toEqual([]);
	});
});
