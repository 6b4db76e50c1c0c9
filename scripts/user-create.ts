import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { ensureDefaults } from '#lib/server/calendar/load.ts';
import { openDatabase } from '#lib/server/db/open.ts';
import { env } from '#lib/server/env.ts';
import { Invalid, NotFound, StartError } from '#lib/server/errors.ts';
import { provideAccount } from '#lib/server/people/first-account.ts';
import { unitTree } from '#lib/server/people/units/find-unit.ts';

const USAGE = `npm run user:create -- --username siti.rahma --name "Siti Rahma" --unit 7604 --role admin [--role supervisor]
  --email ADDRESS      e-mail address of the person
  --password           make up a password instead of a one-time link
  Where the database has no unit yet; asked for at a terminal:
  --unit-name TEXT     name of the root unit
  --unit-slug TEXT     its address, such as mamuju
  --unit-zone ZONE     WIB, WITA or WIT
  --unit-email ADDRESS its e-mail address, which citizens read
  roles: handler, supervisor, manager, admin`;

function options() {
	const { values } = parseArgs({
		options: {
			username: { type: 'string' },
			name: { type: 'string' },
			unit: { type: 'string' },
			'unit-name': { type: 'string' },
			'unit-slug': { type: 'string' },
			'unit-zone': { type: 'string' },
			'unit-email': { type: 'string' },
			email: { type: 'string' },
			role: { type: 'string', multiple: true },
			password: { type: 'boolean', default: false }
		}
	});
	const { username, name, unit, role: roles, password } = values;
	if (!username || !name || !unit || !roles)
		throw new Invalid([{ path: '--username, --name, --unit, --role', code: 'are needed' }]);
	const { 'unit-name': unitName, 'unit-slug': unitSlug, 'unit-zone': unitZone, 'unit-email': unitEmail } = values;
	return { ...{ username, name, unit, roles, password, email: values.email }, unitName, unitSlug, unitZone, unitEmail };
}

const ZONES: Record<string, string> = { WIB: 'Asia/Jakarta', WITA: 'Asia/Makassar', WIT: 'Asia/Jayapura' };

/** Asks a person at a terminal for what the first office needs and the options do not say. */
async function askForOffice(input: ReturnType<typeof options>): Promise<typeof input> {
	if (!process.stdin.isTTY || (await unitTree()).length > 0) return input;
	const terminal = createInterface({ input: process.stdin, output: process.stdout });
	const ask = async (given: string | undefined, question: string, otherwise = '') =>
		given ?? ((await terminal.question(`${question}${otherwise && ` [${otherwise}]`}: `)).trim() || otherwise);
	const askZone = async (): Promise<string> => {
		const zone = await ask(input.unitZone, 'Its time zone: WIB, WITA or WIT', 'WITA');
		return input.unitZone || zone.toUpperCase() in ZONES ? zone : askZone();
	};
	try {
		return {
			...input,
			unitName: (await ask(input.unitName, 'Name of the office')) || undefined,
			unitSlug: (await ask(input.unitSlug, 'Its address on the site, such as mamuju')) || undefined,
			unitZone: await askZone(),
			unitEmail: (await ask(input.unitEmail, 'Its e-mail address, which citizens read')) || undefined,
			email: (await ask(input.email, `E-mail address of ${input.name}`)) || undefined
		};
	} finally {
		terminal.close();
	}
}

async function main(): Promise<void> {
	const input = options();
	const handle = await openDatabase();
	try {
		await ensureDefaults(handle.database);
		const asked = await askForOffice(input);
		const zone = asked.unitZone?.toUpperCase() ?? '';
		const account = await provideAccount({ ...asked, unitZone: ZONES[zone] ?? asked.unitZone });
		if (account.unitMade) console.log(`unit      ${input.unit} (root, made now)`);
		console.log(`account   ${account.username}${account.accountMade ? '' : ' (was there already; roles added)'}`);
		if (account.password) console.log(`password  ${account.password}`);
		const site = env().ORIGIN?.[0] ?? `http://localhost:${env().PORT}`;
		if (account.linkToken) console.log(`password  set it within 24 hours, once, at ${site}/sandi/${account.linkToken}`);
		if (account.unitMade)
			console.log(`next      the office is closed to the public: sign in and follow ${site}/admin/mulai`);
	} finally {
		await handle.close();
	}
}

try {
	await main();
} catch (error) {
	if (error instanceof StartError) console.error(error.message);
	else if (error instanceof NotFound) console.error(`There is no such thing here: ${error.message}`);
	else if (error instanceof Invalid || (error instanceof TypeError && 'code' in error)) {
		console.error(`${error.message}\n\n${USAGE}`);
	} else throw error;
	process.exitCode = 1;
}
