import { parseArgs } from 'node:util';
import { ensureDefaults } from '#lib/server/calendar/load.ts';
import { openDatabase } from '#lib/server/db/open.ts';
import { env } from '#lib/server/env.ts';
import { Invalid, NotFound, StartError } from '#lib/server/errors.ts';
import { provideAccount } from '#lib/server/people/first-account.ts';

const USAGE = `npm run user:create -- --username siti.rahma --name "Siti Rahma" --unit 7604 --role admin [--role supervisor]
  --password           make up a password instead of a one-time link
  --unit-name TEXT     name of the root unit, where the database has none yet
  --unit-slug TEXT     its address, such as mamuju
  roles: handler, supervisor, manager, admin`;

function options() {
	const { values } = parseArgs({
		options: {
			username: { type: 'string' },
			name: { type: 'string' },
			unit: { type: 'string' },
			'unit-name': { type: 'string' },
			'unit-slug': { type: 'string' },
			role: { type: 'string', multiple: true },
			password: { type: 'boolean', default: false }
		}
	});
	const { username, name, unit, role: roles, password } = values;
	if (!username || !name || !unit || !roles)
		throw new Invalid([{ path: '--username, --name, --unit, --role', code: 'are needed' }]);
	return { username, name, unit, unitName: values['unit-name'], unitSlug: values['unit-slug'], roles, password };
}

async function main(): Promise<void> {
	const input = options();
	const handle = await openDatabase();
	try {
		await ensureDefaults(handle.database);
		const account = await provideAccount(input);
		if (account.unitMade) console.log(`unit      ${input.unit} (root, made now)`);
		console.log(`account   ${account.username}${account.accountMade ? '' : ' (was there already; roles added)'}`);
		if (account.password) console.log(`password  ${account.password}`);
		const site = env().ORIGIN?.[0] ?? `http://localhost:${env().PORT}`;
		if (account.linkToken) console.log(`password  set it within 24 hours, once, at ${site}/sandi/${account.linkToken}`);
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
