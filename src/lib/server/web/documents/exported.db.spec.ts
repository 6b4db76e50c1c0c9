import { globSync, readFileSync } from 'node:fs';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { db } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { exportedDocument } from './exported.ts';

const office = useOffice();

test('a document that staff take away is in the audit log before it is sent', async () => {
	const { handler, unit } = office;
	const bytes = Buffer.from('isi');
	const response = await exportedDocument(handler, { list: 'recap' }, bytes, 'rekap-2026-07.pdf');
	expect(response.headers.get('content-disposition')).toContain('rekap-2026-07.pdf');
	await exportedDocument(handler, { list: 'letter', reference: 'SPATULA-2026-07-000001' }, bytes, 'surat.pdf');
	const log = await db().select().from(auditEntries).where(eq(auditEntries.action, 'list.exported'));
	expect(log.map(({ actorId, unitId, subject, after }) => ({ actorId, unitId, subject, after }))).toMatchObject([
		{ actorId: handler.accountId, unitId: unit.id, subject: 'recap', after: { filter: { name: 'rekap-2026-07.pdf' } } },
		{ subject: 'letter', after: { filter: { reference: 'SPATULA-2026-07-000001' }, rows: 1, complete: true } }
	]);
});

/** Downloads of the desk that are no export, or that their domain function writes to the log. */
const OTHERS: Record<string, string> = {
	'admin/backup/[id]': 'recorded by downloadBackup',
	'admin/calendar/[year]/csv': 'days off',
	'admin/log/csv': 'recorded by streamExport',
	'admin/places/sheets/[file]': 'sheets with QR codes',
	'desk/cases/[reference]/(case)/sealed/pdf': 'recorded by sealedPrint',
	'desk/inbound/table/csv': 'the table that the person has just sent'
};

test('no page of staff sends a download past the audit log', () => {
	const cwd = 'src/routes/(staff)';
	const direct = globSync('**/+server.ts', { cwd })
		.filter((path) => /\bdownload\(/.test(readFileSync(`${cwd}/${path}`, 'utf8')))
		.map((path) => path.slice(0, -'/+server.ts'.length));
	expect(direct.sort()).toEqual(Object.keys(OTHERS).sort());
});
