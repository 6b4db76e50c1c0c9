import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import { forwardingTo } from '#lib/dev/lapor-sandbox/options.ts';
import type { DemoKiosks } from '#lib/dev/demo/kiosk-links.ts';
import { freePort } from '#lib/dev/testing/network/free-port.ts';
import { StartError } from '#lib/server/errors.ts';
import { ensureBuild } from './demo/build.ts';
import { accountsOf, prepareFolder, type DemoFolder } from './demo/folder.ts';
import { runPart, setAmong, startPart, waitFor, type Part } from './site/child-process.ts';

export interface DemoOptions {
	/** Port of the site and of the sandbox; 0 takes a free one. */
	port: number;
	sandboxPort: number;
	/** Relative to the project; default `./data/demo`. */
	dataDir?: string;
	/** A PostgreSQL database instead of the embedded one. */
	databaseUrl?: string;
	/** Empties the folder first. */
	reset?: boolean;
	/** Printed sheets and links in messages contain the address in the local network, so that a phone can open them. */
	forPhones?: boolean;
	/** Makes links that pair a tablet and a display, and connects an office's WhatsApp number with the phones. */
	kiosks?: boolean;
	/** Prints neither progress nor the output of the started programs. */
	quiet?: boolean;
	/** Further settings of the site. */
	settings?: Record<string, string>;
}

/** An address of a domain that does not exist, like every address of the demo. */
const DEMO_SENDER = 'SPATULA <spatula@contoh.invalid>';

/** The sandbox uses the keys that are set for the connection, unless the site uses another LAPOR. */
function sandboxKeys(siteSettings: Record<string, string>): Record<string, string> {
	if (siteSettings.LAPOR_BASE_URL) return {};
	return setAmong(['LAPOR_AUTH_HEADER', 'LAPOR_BEARER', 'LAPOR_TOKEN'], siteSettings);
}

export type DemoSite = Awaited<ReturnType<typeof startDemo>>;

/** Prepares the folder, and fills it and its database with demo data unless that was done before. @throws StartError */
export async function seedFolder(
	dataDir: string,
	{ reset = false, databaseUrl, onSeed }: { reset?: boolean; databaseUrl?: string; onSeed?: () => void } = {}
): Promise<DemoFolder> {
	const folder = await prepareFolder(dataDir, { reset });
	if (!folder.empty) return folder;
	onSeed?.();
	await runPart('the demo data', 'scripts/seed.ts', {
		DATA_DIR: dataDir,
		LOG_LEVEL: 'warn',
		APP_KEY: folder.key,
		DEMO: 'on',
		...(databaseUrl ? { DATABASE_URL: databaseUrl } : {})
	});
	return folder;
}

/**
 * Starts everything a demo needs and waits until it responds:
 * - a build
 * - a folder with its own key
 * - the demo data, made once
 * - the sandboxes of LAPOR and WhatsApp
 * - the site
 * If one program ends, the others are stopped.
 *
 * @throws StartError, one line, if something prevents it; then no program is left running
 */
export async function startDemo(options: DemoOptions) {
	const { quiet = false, forPhones = false, settings: siteSettings = {} } = options;
	const say = (text: string) => quiet || process.stdout.write(`${text}\n`);
	const port = options.port || (await freePort('0.0.0.0'));
	await expectUsable(port, '0.0.0.0', '--port');
	const sandboxPort = options.sandboxPort || (await freePort());
	await expectUsable(sandboxPort, '127.0.0.1', '--sandbox-port');
	const dataDir = resolve(options.dataDir ?? './data/demo');
	const { reset = false, databaseUrl } = options;
	ensureBuild(() => say('building the site …'));
	const folder = await seedFolder(dataDir, { reset, databaseUrl, onSeed: () => say('making the demo data …') });
	const common = { DATA_DIR: dataDir, LOG_LEVEL: 'warn', ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}) };
	const sandboxUrl = `http://127.0.0.1:${sandboxPort}`;
	const phonePort = await freePort();
	const phonesUrl = `http://127.0.0.1:${phonePort}`;
	const otherLapor = { OTHER_LAPOR: siteSettings.LAPOR_BASE_URL ?? '' };
	const devices = { ...common, APP_KEY: folder.key, DEMO: 'on', PHONES_URL: phonesUrl, ...otherLapor };
	const kiosks = options.kiosks
		? (JSON.parse(await runPart('the pairing links', 'scripts/demo-devices.ts', devices)) as DemoKiosks | null)
		: null;
	const local = [`http://localhost:${port}`, `http://127.0.0.1:${port}`];
	const lan = lanAddresses().map((address) => `http://${address}:${port}`);
	const parts: Part[] = [];
	try {
		const catcherPort = siteSettings.SMTP_URL ? undefined : String(await freePort());
		const sandbox = startPart('the LAPOR sandbox', 'scripts/lapor-sandbox.ts', {
			...common,
			LAPOR_SANDBOX_PORT: String(sandboxPort),
			WHATSAPP_SANDBOX_PORT: String(phonePort),
			SITE_URL: `http://127.0.0.1:${port}`,
			...sandboxKeys(siteSettings),
			...(catcherPort ? { MAIL_CATCHER_PORT: catcherPort } : {})
		});
		parts.push(sandbox);
		const settings = {
			...common,
			NODE_ENV: 'production',
			APP_KEY: folder.key,
			DEMO: 'on',
			PORT: String(port),
			ORIGIN: (forPhones ? [...lan, ...local] : [...local, ...lan]).join(','),
			...forwardingTo(sandboxUrl),
			// Another LAPOR may have no search.
			...(siteSettings.LAPOR_BASE_URL ? {} : { LAPOR_LOOKUP: 'on' }),
			// Short times, so that a status changed in the sandbox appears soon.
			LAPOR_POLL_SECONDS: '15',
			LAPOR_RETRY_SECONDS: '5,15,30,60',
			...(catcherPort ? { SMTP_URL: `smtp://127.0.0.1:${catcherPort}`, MAIL_FROM: DEMO_SENDER } : {}),
			...siteSettings
		};
		const site = startPart('the site', 'src/server.ts', settings);
		parts.push(site);
		await Promise.all([waitFor(sandbox, `${sandboxUrl}/healthz`), waitFor(site, `http://127.0.0.1:${port}/readyz`)]);
	} catch (error) {
		await stopAll(parts);
		throw error;
	}
	if (!quiet) for (const part of parts) part.showOutput();
	return {
		origin: local[0] ?? '',
		/** The site's addresses in the local network. */
		lanOrigins: lan,
		sandboxUrl,
		/** The page that plays the phones of citizens on WhatsApp. */
		phonesUrl,
		/** Tokens of pairing links, if they were asked for. */
		kiosks,
		...accountsOf(dataDir),
		...together(parts)
	};
}

const stopAll = (parts: readonly Part[]) => Promise.all(parts.map((part) => part.stop()));

/** Stops all parts when one is asked to stop or ends. `ended` gives the reason why one ended unexpectedly. */
function together(parts: readonly Part[]) {
	let stopping = false;
	const first = Promise.race(parts.map(async ({ name, ended }) => ({ name, reason: await ended })));
	const ended = first.then(async ({ name, reason }) => {
		const unexpected = stopping ? undefined : `${name} ended${reason ? `: ${reason}` : ''}`;
		await stopAll(parts);
		return unexpected;
	});
	const stop = async () => {
		stopping = true;
		await stopAll(parts);
	};
	return { stop, ended };
}

function lanAddresses(): string[] {
	return Object.values(networkInterfaces())
		.flatMap((addresses) => addresses ?? [])
		.filter(({ family, internal }) => family === 'IPv4' && !internal)
		.map(({ address }) => address);
}

/** @throws StartError if the port is taken, or no port */
function expectUsable(port: number, host: string, option: string): Promise<void> {
	return new Promise((done, failed) => {
		if (port > 65_535) throw new StartError(`${option} wants a port number, not ${port}`);
		const probe = createServer();
		probe.once('error', (error: NodeJS.ErrnoException) =>
			failed(
				new StartError(
					error.code === 'EADDRINUSE'
						? `port ${port} is in use: choose another one with ${option}`
						: `port ${port} can't be used: ${error.message}`
				)
			)
		);
		probe.listen(port, host, () => probe.close(() => done()));
	});
}
