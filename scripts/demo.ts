import { SANDBOX_DEFAULTS } from '#lib/dev/lapor-sandbox/options.ts';
import { DEMO_PIN, type DemoKiosks } from '#lib/dev/demo/kiosk-links.ts';
import { secretOfFile } from '#lib/server/env.ts';
import { StartError } from '#lib/server/errors.ts';
import { readOptions, runCommand } from './options.ts';
import { startDemo, type DemoSite } from './demo-site.ts';
import { accountTable, reportTable, table } from './demo/print.ts';
import { setAmong } from './site/child-process.ts';

/**
 * Settings that a demo takes from the environment, for example to use another LAPOR stand-in or another mail server.
 * Its database, key and addresses are always its own.
 */
const INHERITED_SETTINGS = [
	...['LAPOR_MODE', 'LAPOR_BASE_URL', 'LAPOR_AUTH_HEADER', 'LAPOR_BEARER', 'LAPOR_TOKEN', 'LAPOR_LOOKUP'],
	...['LAPOR_POLL_SECONDS', 'LAPOR_RETRY_SECONDS', 'LAPOR_LEASE_SECONDS', 'SMTP_URL', 'MAIL_FROM', 'BOOTSTRAP_TOKEN'],
	...['METRICS_TOKEN', 'LIMITS', 'LOG_LEVEL']
];

/** Inherited secrets that are given as files, as for a site. */
const secretsOfFiles = () =>
	INHERITED_SETTINGS.flatMap((name) => {
		const secret = secretOfFile(name, process.env);
		return secret ? [secret] : [];
	});

const USAGE = `npm run demo -- [options]
  --port N           port of the site (3000)
  --sandbox-port N   port of the LAPOR sandbox (${SANDBOX_DEFAULTS.port})
  --reset            deletes the demo data and starts again
Settings of the environment that the demo takes over: ${INHERITED_SETTINGS.join(', ')}`;

function options() {
	const sandbox = Number(process.env.LAPOR_SANDBOX_PORT || SANDBOX_DEFAULTS.port);
	const { 'sandbox-port': sandboxPort, ...rest } = readOptions(
		{ port: 3000, 'sandbox-port': sandbox, reset: false },
		{ port: 0, 'sandbox-port': 0 }
	);
	return { ...rest, sandboxPort };
}

/** Addresses on localhost, because browsers create a tablet's key only there. A link pairs one browser once. */
function kioskAddresses(origin: string, { tablet, display }: DemoKiosks): string[][] {
	return [
		['a tablet', `${origin}/kiosk/${tablet}   (pairs this browser; the PIN is ${DEMO_PIN})`],
		['a display', `${origin}/kiosk/${display}   (in a private window; then note a visit at ${origin}/desk/visits)`]
	];
}

function show({ origin, lanOrigins, sandboxUrl, phonesUrl, accounts, reports, kiosks }: DemoSite): void {
	const phones = lanOrigins.flatMap((lan) => [
		['on a phone', `${lan}/mamuju`],
		['', `${lan}/q/MMJPTG`]
	]);
	const addresses = [
		['office page', `${origin}/mamuju`],
		['all offices', `${origin}/`],
		['a printed code', `${origin}/q/MMJPTG   (desk of an officer; the box: ${origin}/q/MMJKTK)`],
		['track a report', `${origin}/lacak`],
		['desk', `${origin}/desk`],
		['guest book', `${origin}/desk/visits`],
		['insight', `${origin}/insight`],
		['own ratings', `${origin}/me`],
		['admin', `${origin}/admin`],
		['LAPOR sandbox', `${sandboxUrl}/`],
		['e-mails sent', `${sandboxUrl}/e-mail`],
		['WhatsApp phone', `${phonesUrl}/   (a citizen's phone; writes to the office in Mamuju)`],
		...(kiosks ? kioskAddresses(origin, kiosks) : []),
		...phones
	];
	console.log(`\n${table(addresses)}\n\n${accountTable(accounts)}\n\n${reportTable(reports)}\n`);
	console.log('SPATULA runs. Everything in it is made up. Ctrl-C stops all of it.');
}

await runCommand(USAGE, async () => {
	const running: { site?: DemoSite } = {};
	const stop = () => (running.site ? void running.site.stop() : process.exit(130));
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
	const site = await startDemo({
		...options(),
		forPhones: true,
		kiosks: true,
		settings: { ...setAmong(INHERITED_SETTINGS, process.env), ...Object.fromEntries(secretsOfFiles()) }
	});
	running.site = site;
	show(site);
	const reason = await site.ended;
	if (reason) throw new StartError(`${reason}; the rest was stopped`);
});
