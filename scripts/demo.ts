import { parseArgs } from 'node:util';
import { SANDBOX_DEFAULTS } from '#lib/dev/lapor-sandbox/options.ts';
import { DEMO_PIN, type DemoKiosks } from '#lib/dev/demo/kiosk-links.ts';
import { StartError } from '#lib/server/errors.ts';
import { startDemo, type DemoSite } from './demo-site.ts';
import { givenSettings, TAKEN_SETTINGS } from './demo/given-settings.ts';
import { accountTable, reportTable, table } from './demo/print.ts';

const USAGE = `npm run demo -- [options]
  --port N           port of the site (3000)
  --sandbox-port N   port of the LAPOR sandbox (${SANDBOX_DEFAULTS.port})
  --reset            throws the demo's own data away and begins anew
Settings of the environment that the demo takes over: ${TAKEN_SETTINGS.join(', ')}`;

function portNumber(text: string, option: string): number {
	const port = Number(text);
	if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new StartError(`${option} wants a port number, not ${text}`);
	return port;
}

function options() {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: '3000' },
			'sandbox-port': {
				type: 'string',
				default: process.env.LAPOR_SANDBOX_PORT || String(SANDBOX_DEFAULTS.port)
			},
			reset: { type: 'boolean', default: false }
		}
	});
	return {
		port: portNumber(values.port, '--port'),
		sandboxPort: portNumber(values['sandbox-port'], '--sandbox-port'),
		reset: values.reset
	};
}

/** At this machine, where browsers give a tablet its key; one link pairs the browser that opens it, once. */
function kioskAddresses(origin: string, { tablet, display }: DemoKiosks): string[][] {
	return [
		['a tablet', `${origin}/kiosk/${tablet}   (pairs this browser; the PIN is ${DEMO_PIN})`],
		['a display', `${origin}/kiosk/${display}   (in a private window; then note a visit at ${origin}/desk/visits)`]
	];
}

function show({ origin, lanOrigins, sandboxUrl, accounts, reports, kiosks }: DemoSite): void {
	const phones = lanOrigins.flatMap((lan) => [
		['on a phone', `${lan}/mamuju`],
		['', `${lan}/q/MMJPTG`]
	]);
	const addresses = [
		['front door', `${origin}/mamuju`],
		['all offices', `${origin}/`],
		['a printed code', `${origin}/q/MMJPTG   (desk of an officer; the box: ${origin}/q/MMJKTK)`],
		['track a report', `${origin}/lacak`],
		['desk', `${origin}/desk`],
		['guest book', `${origin}/desk/visits`],
		['insight', `${origin}/insight`],
		['own ratings', `${origin}/me`],
		['admin', `${origin}/admin`],
		['LAPOR sandbox', `${sandboxUrl}/`],
		['letters sent', `${sandboxUrl}/surat`],
		...(kiosks ? kioskAddresses(origin, kiosks) : []),
		...phones
	];
	console.log(`\n${table(addresses)}\n\n${accountTable(accounts)}\n\n${reportTable(reports)}\n`);
	console.log('SPATULA runs. Everything in it is made up. Ctrl-C stops all of it.');
}

async function main(): Promise<void> {
	const running: { site?: DemoSite } = {};
	const stop = () => (running.site ? void running.site.stop() : process.exit(130));
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
	const site = await startDemo({ ...options(), forPhones: true, kiosks: true, settings: givenSettings(process.env) });
	running.site = site;
	show(site);
	const reason = await site.ended;
	if (reason) throw new StartError(`${reason}; the rest was stopped`);
}

try {
	await main();
} catch (error) {
	if (error instanceof StartError) console.error(`spatula: ${error.message}`);
	else if (error instanceof TypeError && 'code' in error) console.error(`${error.message}\n\n${USAGE}`);
	else throw error;
	process.exitCode = 1;
}
