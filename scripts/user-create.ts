import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { zoneNamed } from '#lib/calendar/format.ts';
import { ensureDefaults } from '#lib/server/calendar/load.ts';
import { checked } from '#lib/server/checked.ts';
import { lacksDatabase, openDatabase } from '#lib/server/db/open.ts';
import { env } from '#lib/server/env.ts';
import { Invalid, NotFound, StartError, type Issue } from '#lib/server/errors.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import { issueText } from '#lib/server/issue-text.ts';
import { checkFirstAccount, checkPerson, provideAccount } from '#lib/server/people/first-account.ts';
import { emailField } from '#lib/server/people/form-fields.ts';
import { unitTree } from '#lib/server/people/units/find-unit.ts';
import { unitSchema } from '#lib/server/people/units/unit-schema.ts';
import { runCommand } from './options.ts';

const USAGE = `npm run user:create -- --username siti.rahma --name "Siti Rahma" --unit 7604 --role admin [--role supervisor]
  --email ADDRESS      e-mail address of the person
  --password           create a password instead of a one-time link
  If the database has no office yet (the command asks for these at a terminal):
  --unit-name TEXT     name of the first office
  --unit-slug TEXT     its address, such as mamuju
  --unit-zone ZONE     WIB, WITA or WIT
  --unit-email ADDRESS its e-mail address, which citizens read
  roles: handler, supervisor, manager, admin`;

/** A time zone by its Indonesian name, or as the site calls it. */
const zoneField = z.string().transform(zoneNamed).pipe(unitSchema.shape.timeZone);
const { name: nameField, slug: slugField } = unitSchema.shape;
const officeSchema = z.object({
	unitName: nameField.optional(),
	unitSlug: slugField.optional(),
	unitZone: zoneField.optional(),
	unitEmail: emailField
});

/** Sentences of the site that do not fit a terminal: they speak of a list, or of a form in which nothing was chosen. */
const TERMINAL_SENTENCES: Record<string, string> = {
	admin_role: 'Unknown role. Use handler, supervisor, manager or admin.',
	admin_zone: 'Unknown time zone. Use WIB, WITA, WIT or a name such as Asia/Makassar.'
};

const sentence = (issue: Issue): string => TERMINAL_SENTENCES[issue.code] ?? inLocale('en', () => issueText(issue));

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
	if (!username || !unit || !roles)
		throw new StartError(`--username, --unit and --role are needed, and --name for a new account.\n\n${USAGE}`);
	const office = checked(officeSchema, {
		unitName: values['unit-name'],
		unitSlug: values['unit-slug'],
		unitZone: values['unit-zone'],
		unitEmail: values['unit-email']
	});
	return { username, name, unit, roles, password, email: values.email, ...office };
}

/** Asks a person at a terminal for what the first office needs and the options do not say, until each answer is valid. */
async function askForOffice(input: ReturnType<typeof options>): Promise<typeof input> {
	if (!process.stdin.isTTY || (await unitTree()).length > 0) return input;
	const terminal = createInterface({ input: process.stdin, output: process.stdout });
	const ask = async (
		given: string | undefined,
		question: string,
		field: z.ZodType<string | undefined>,
		otherwise?: string
	): Promise<string | undefined> => {
		if (given) return given;
		const typed = (await terminal.question(`${question}${otherwise ? ` [${otherwise}]` : ''}: `)).trim() || otherwise;
		const read = field.safeParse(typed);
		if (read.success) return read.data;
		for (const { message: code } of read.error.issues) console.log(sentence({ path: '', code }));
		return ask(given, question, field, otherwise);
	};
	try {
		return {
			...input,
			unitName: await ask(input.unitName, 'Name of the office', nameField),
			unitSlug: await ask(input.unitSlug, 'Its address on the site, such as mamuju', slugField.optional()),
			unitZone: await ask(input.unitZone, 'Its time zone: WIB, WITA or WIT', zoneField, 'WITA'),
			unitEmail: await ask(input.unitEmail, 'Its e-mail address, which citizens read', emailField),
			email: await ask(input.email, `E-mail address of ${input.name ?? input.username}`, emailField)
		};
	} finally {
		terminal.close();
	}
}

async function main(): Promise<void> {
	const input = options();
	if (lacksDatabase()) checkFirstAccount(input);
	const handle = await openDatabase();
	try {
		await ensureDefaults(handle.database);
		await checkPerson(input);
		const account = await provideAccount(await askForOffice(input));
		if (account.unitMade) console.log(`unit      ${input.unit} (first office, created)`);
		const before = account.reactivated ? 'existed already, now active again' : 'existed already';
		const note = account.accountMade ? '' : ` (${before}; has the roles: ${input.roles.join(', ')})`;
		console.log(`account   ${account.username}${note}`);
		if (input.email && !account.accountMade)
			console.log('email     not changed: an administrator changes it on the page of the account');
		if (account.password) console.log(`password  ${account.password}`);
		const site = env().ORIGIN?.[0] ?? `http://localhost:${env().PORT}`;
		if (account.linkToken) console.log(`password  set it within 24 hours, once, at ${site}/sandi/${account.linkToken}`);
		if (account.asksCode)
			console.log(
				'code      still asked for: if phone and recovery codes are lost, create another administrator, who removes it'
			);
		if (account.unitMade)
			console.log(`next      the office is closed to the public: sign in and follow ${site}/admin/mulai`);
	} finally {
		await handle.close();
	}
}

await runCommand(USAGE, () =>
	main().catch((error: unknown) => {
		if (error instanceof NotFound) throw new StartError(`not found: ${error.message}`);
		if (!(error instanceof Invalid)) throw error;
		const lines = error.issues.map((issue) => `${issue.path}: ${sentence(issue)}`);
		throw new StartError(`${lines.join('\n')}\n\n${USAGE}`);
	})
);
