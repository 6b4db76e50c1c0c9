import { asc, eq } from 'drizzle-orm';
import type { CaseRow } from '#lib/server/cases/find.ts';
import { trackedMails } from '#lib/server/cases/mail-preference.ts';
import { sweepMails } from '#lib/server/channels/mail-delivery.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { requestByReporter } from '#lib/server/privacy/requests/receive.ts';
import { requestsAbout } from '#lib/server/privacy/requests/register.ts';
import { writeToReporters } from '#lib/server/reporters/write-to-reporters.ts';
import { makeCase } from './factories.ts';
import { runMailJobs } from './channels/mail.ts';
import { entriesOf, readCase } from './office.ts';

let people = 0;

/** Opens a report whose reporter has a unique e-mail address. */
export async function reportWithAddress(
	unit: { code: string },
	changes: Record<string, unknown> = {},
	opening: Parameters<typeof makeCase>[2] = {}
) {
	const email = `pelapor${++people}@contoh.invalid`;
	const reporter = { name: 'Andi Contoh', email };
	const opened = await makeCase(unit, { identity: 'named', reporter, ...changes }, opening);
	return { ...opened, email };
}

/** Makes a request about the personal data of a case as its reporter. @returns the latest request */
export async function askAsReporter(reference: string, input: Record<string, unknown>) {
	const { id: caseId } = await readCase(reference);
	await requestByReporter(caseId, { submission_id: crypto.randomUUID(), ...input });
	const [latest] = await requestsAbout({ caseId });
	if (!latest) throw new Error('no request');
	return { caseId, ...latest };
}

/** The token of the tracking page's link that stops e-mails. */
export const stopTokenOf = async (row: CaseRow): Promise<string> => (await trackedMails(row))?.stopToken ?? '';

/** The e-mails to a case's reporter, in timeline order. */
export const reporterMailsOf = (reference: string) =>
	db()
		.select({ mail: mails })
		.from(mails)
		.innerJoin(cases, eq(cases.id, mails.caseId))
		.where(eq(cases.reference, reference))
		.orderBy(asc(mails.createdAt))
		.then((rows) => rows.map(({ mail }) => mail).filter(({ kind }) => kind === 'reporter'));

/** Runs the e-mail job for every timeline entry of a case. */
export async function writeReporterMails(reference: string): Promise<void> {
	await writeToReporters(await entriesOf(reference));
}

/** Runs the minute sweep and the delivery jobs of all e-mails of a case, as a worker does. */
export async function deliverReporterMails(reference: string): Promise<void> {
	await sweepMails();
	for (const { id } of await reporterMailsOf(reference)) await runMailJobs(id);
}
