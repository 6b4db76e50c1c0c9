import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { DEFAULT_CLOCK_RULES, DEFAULT_LIMIT_RULES } from '#lib/calendar/clock-rules.ts';
import { ruleWord } from '#lib/words/clock.ts';
import { idOf, makeActor, makeCase, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { atTime, makeOffice, type Office } from '#lib/dev/testing/office.ts';
import { inHours } from '#lib/dev/testing/outcomes.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import { importRoute } from '#lib/dev/testing/routes.ts';
import { changeRule, rulesNow } from '#lib/server/calendar/change-rules.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { connections, conversations } from '#lib/server/db/schema/channels.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange, recordExport } from '#lib/server/people/audit.ts';
import { LOG_PAGE } from '#lib/server/people/audit-log.ts';
import { auditCsv, auditLines } from './audit-lines.ts';

const ZONE = 'Asia/Makassar';
let office: Office;
let admin: Actor;
let seeing: Actor;
let caseNumber: string;
beforeAll(async () => {
	office = await makeOffice();
	const unitId = office.unit.id;
	admin = await makeActor([[unitId, 'admin']]);
	seeing = await makeActor([
		[unitId, 'admin'],
		[unitId, 'handler']
	]);
	({ reference: caseNumber } = await makeCase(office.unit));
	const at = { unitId, subject: caseNumber };
	await transaction(async (tx) => {
		for (const by of [null, admin]) await recordChange(tx, by, { ...at, action: 'access.effective.role' });
		await recordChange(tx, admin, { ...at, action: 'identity.revealed', reason: 'perlu dihubungi' });
		const after = { accountId: idOf(admin), scopes: ['cases:read'], active: true, unknownKey: { day: '2026-03-02' } };
		await recordChange(tx, null, { unitId, action: 'token.created', subject: 'Pemantau', after });
		const voided = { reason: 'trial', before: { state: 'counted' }, after: { state: 'voided' } };
		await recordChange(tx, admin, { unitId, action: 'rating.voided', subject: idOf(admin), ...voided });
		await recordChange(tx, admin, { ...at, action: 'from.old_version' as never });
	});
});

async function csvOf(actor: Actor, filter: Parameters<typeof auditCsv>[1] = {}) {
	const lines: string[] = [];
	for await (const line of auditCsv(actor, filter, ZONE)) lines.push(line);
	return lines;
}
const sentences = async (actor: Actor) =>
	(await auditLines(actor, {}, ZONE)).map(({ actor: who, before, subject, after, because }) =>
		`${who} ${before}${subject}${after} ${because ?? ''}`.trim()
	);

test('entries read as sentences; an action that is no longer known is shown as it is stored', async () => {
	const { name } = admin;
	expect(await sentences(seeing)).toEqual([
		`${name} from.old_version: ${caseNumber}`,
		`${name} menandai sebuah penilaian tidak dihitung karena “Percobaan”`,
		'Sistem membuat token Pemantau',
		`${name} membuka nama pelapor ${caseNumber} karena “perlu dihubungi”`,
		`${name} menyetujui perubahan akses: Peran baru untuk ${caseNumber}`,
		`Sistem mencatat perubahan akses: Peran baru untuk ${caseNumber} (Berlaku)`
	]);
});

test('the number of a case and its link are shown only to people who may see it', async () => {
	const [, , , opened] = await auditLines(seeing, {}, ZONE);
	expect(opened?.href).toBe(`/desk/cases/${caseNumber}`);
	const [, , , hidden] = await auditLines(admin, {}, ZONE);
	expect(hidden).toMatchObject({ subject: 'SPATULA-…', href: undefined });
	const lines = await csvOf(admin);
	expect(lines).toHaveLength(7);
	expect(lines.join('')).not.toContain(caseNumber);
	expect((await csvOf(seeing)).join('')).toContain(`membuka nama pelapor ${caseNumber} karena “perlu dihubungi”`);
});

test('values have labels and words, and neither ids nor codes', async () => {
	const [, voided, token] = await auditLines(admin, {}, ZONE);
	expect(voided?.changes).toEqual([{ label: 'Keadaan', was: 'Dihitung', is: 'Tidak dihitung' }]);
	const values = token?.changes.map(({ label, is }) => `${label}: ${is}`);
	const expected = ['Aktif: Ya', 'Hak: Membaca laporan', `Akun: ${admin.name}`, 'unknownKey: Hari 2 Mar 2026'];
	expect(values?.sort()).toEqual(expected.sort());
});

test('the file has a line per entry with sentence, values and code, and no text is read as a formula', async () => {
	const [head, , , token] = await csvOf(admin);
	expect(head).toBe('\uFEFFWaktu (WITA),Oleh,Satuan kerja,Apa yang terjadi,Dari → menjadi,Kode\n');
	expect(token).toMatch(
		/^2\d{3}-\d\d-\d\d \d\d:\d\d,Sistem,.*,membuat token Pemantau,.*Hak: Membaca laporan.*,token\.created\n$/
	);
	expect(token).not.toContain(idOf(admin));
	const subject = 'x;=HYPERLINK("x")';
	const entry = { unitId: office.unit.id, action: 'from.formula' as never, subject };
	await atTime('2026-11-30T22:30:00Z', () => transaction((tx) => recordChange(tx, null, entry)));
	expect((await csvOf(admin, { area: 'from' as never }))[1]).toMatch(/^2026-12-01 06:30,.*;'=HYPERLINK/);
});

test('proposals, verdicts and searches are shown in the words of their screens', async () => {
	const unitId = office.unit.id;
	const about = { unitId, subject: idOf(admin) };
	await transaction(async (tx) => {
		await recordChange(tx, admin, { ...about, action: 'rating.proposed', after: { move: 'void' } });
		await recordChange(tx, admin, { ...about, action: 'rating.contest_decided', after: { verdict: 'declined' } });
		await recordChange(tx, admin, { ...about, action: 'breach.affected_added', after: { way: 'file' } });
	});
	const lines = (await auditLines(admin, {}, ZONE)).slice(0, 3).flatMap(({ changes }) => changes);
	expect(lines.map(({ label, is }) => `${label}: ${is}`)).toEqual([
		'Cari menurut: Berkas lampiran',
		'Putusan: Tolak keberatan',
		'Usul: Tidak dihitung'
	]);
});

test('an entry about a restricted case or one that names the reader is left out', async () => {
	const [officer, accused] = await makeOfficerWithAccount(office.unit.id, ['admin']);
	const [restricted, naming] = [await makeCase(office.unit), await makeCase(office.unit, { officer: officer.id })];
	await db().update(cases).set({ restricted: true }).where(eq(cases.reference, restricted.reference));
	const entry = { unitId: office.unit.id, action: 'receipt.renewed' as const, reason: 'Kenal di loket.' };
	await transaction(async (tx) => {
		await recordChange(tx, null, { ...entry, subject: restricted.reference });
		await recordChange(tx, null, { ...entry, subject: naming.reference });
	});
	const filter = { reference: restricted.reference };
	await recordExport(office.supervisor, office.unit.id, { list: 'case_file', filter, rows: 1, complete: true });
	const renewals = async (actor: Actor) => {
		const { length } = await auditLines(actor, { area: 'receipt' }, ZONE);
		expect(await csvOf(actor, { area: 'receipt' })).toHaveLength(length + 1);
		return length;
	};
	const supervisingAdmin = await makeActor([[office.unit.id, 'admin', 'supervisor']]);
	expect([await renewals(supervisingAdmin), await renewals(admin), await renewals(accused)]).toEqual([2, 1, 0]);
	const files = async (actor: Actor) => (await auditLines(actor, { area: 'list' }, ZONE)).length;
	expect([await files(supervisingAdmin), await files(admin)]).toEqual([1, 0]);
});

// The number could count the officer's own ratings, or cases that are hidden from the officer.
test('an officer sees who downloaded a list, but not its number of rows', async () => {
	const [officer, reader] = await makeOfficerWithAccount(office.root.id, ['admin']);
	const other = await makeActor([[office.root.id, 'admin']]);
	const exported = { list: 'ratings' as const, filter: { officer: officer.id, score: '1' }, rows: 1, complete: true };
	await recordExport(seeing, office.root.id, exported);
	await recordExport(seeing, office.root.id, { ...exported, list: 'inbox', filter: { channel: 'qr', q: 'on' } });
	const shown = async (actor: Actor) => {
		const lines = (await auditLines(actor, { area: 'list' }, ZONE)).slice(0, 2);
		return lines.map((line) => [line.actor, ...line.changes.map(({ label }) => label).toSorted()]);
	};
	const [who, ...others] = [seeing.name, 'Saringan', 'Selesai seluruhnya'];
	expect(await shown(other)).toEqual([1, 2].map(() => [who, 'Baris', ...others]));
	expect(await shown(reader)).toEqual([1, 2].map(() => [who, ...others]));
	expect((await csvOf(reader, { area: 'list' })).join('')).not.toContain('Baris');
	// A search finds closed reports too.
	const [searched] = await auditLines(other, { area: 'list' }, ZONE);
	expect(searched?.changes.map(({ is }) => is)).toContain('Semua · Kode QR · Pencarian kata');
});

test('the log names the fields of a channel that an administrator asked to change', async () => {
	const after = { channel: 'whatsapp', address: '+62 811', host: 'api.contoh.example', changed: ['appSecret'] };
	const entry = {
		unitId: office.unit.id,
		action: 'access.declined.connection',
		subject: 'administrator.contoh',
		after
	} as const;
	await transaction((tx) => recordChange(tx, null, entry));
	const [line] = await auditLines(admin, { area: 'access' }, ZONE);
	expect(line?.changes.map(({ label, is }) => `${label}: ${is}`).toSorted()).toEqual([
		'Alamat: +62 811',
		'Kanal: WhatsApp',
		'Server: api.contoh.example',
		'Yang berubah: App secret'
	]);
});

test('a changed rule is shown by its name, whichever of the default rules it is', async () => {
	const rootAdmin = await makeActor([[office.root.id, 'admin']]);
	const rules = await rulesNow();
	expect(rules).toHaveLength(DEFAULT_CLOCK_RULES.length + DEFAULT_LIMIT_RULES.length);
	for (const { key, dayUnit } of rules) await changeRule(rootAdmin, key, { days: 7, dayUnit, basis: 'Aturan contoh' });
	await transaction((tx) => recordChange(tx, null, { action: 'rule.changed', subject: 'old_rule.any.any.any' }));
	const [old, ...lines] = await auditLines(rootAdmin, { area: 'rule' }, ZONE);
	expect(lines.map(({ subject }) => subject).toReversed()).toEqual(rules.map(({ name }) => ruleWord(name)));
	expect(old?.subject).toBe('old_rule');
});

test('hours of certain weekdays and the parts of a handover are shown in words', async () => {
	const hours = { start: '08:00', end: '16:00', weekdays: { 5: { end: '16:30' } } };
	const about = { unitId: office.unit.id, subject: office.unit.code };
	await transaction(async (tx) => {
		await recordChange(tx, null, { ...about, action: 'unit.changed', after: { hours } });
		const after = { count: 1, rules: 0, absences: 0 };
		await recordChange(tx, null, { ...about, action: 'account.handed_over', after });
	});
	const [handover] = await auditLines(admin, { area: 'account' }, ZONE);
	expect(handover?.changes.map(({ label }) => label)).toEqual(['Jumlah', 'Aturan penugasan', 'Tugas sebagai wakil']);
	const [changed] = await auditLines(admin, { area: 'unit' }, ZONE);
	expect(changed?.changes[0]?.is).toContain('Jumat Selesai 16:30');
});

test('a confirmed step of the guided path is shown by its title', async () => {
	const rootAdmin = await makeActor([[office.root.id, 'admin']]);
	for (const subject of ['backup', 'key'])
		await transaction((tx) => recordChange(tx, rootAdmin, { action: 'setup.confirmed', subject }));
	const lines = await auditLines(rootAdmin, { area: 'setup' }, ZONE);
	expect(lines.map(({ subject }) => subject)).toEqual(['Penyimpan APP_KEY', 'Cadangan data']);
});

test('a download of the log is recorded in it', async () => {
	const route = await importRoute<{ GET: (event: unknown) => Promise<Response> }>('(staff)/admin/log/csv/+server.ts');
	const response = await route?.GET(requestTo('/admin/log/csv?area=token', { actor: admin }));
	expect(await response?.text()).toMatch(/^Waktu \(WITA\),Oleh,.*,Kode\n\d.*,token\.created\n$/);
	const newest = async () => (await auditLines(admin, { area: 'list' }, ZONE))[0];
	await expect.poll(newest).toMatchObject({ actor: admin.name, subject: 'catatan perubahan' });
	expect((await newest())?.changes).toContainEqual({ label: 'Selesai seluruhnya', was: undefined, is: 'Ya' });
	expect((await newest())?.changes).toContainEqual({ label: 'Saringan', was: undefined, is: 'Tentang: Token API' });
});

test('sign-ins and sign-outs read as sentences in both languages, and are an area of their own', async () => {
	const about = { unitId: office.unit.id, subject: 'siti.rahma' };
	const after = { device: 'Firefox, Windows', known: false };
	await transaction(async (tx) => {
		await recordChange(tx, null, { ...about, action: 'sign_in.guessed' });
		await recordChange(tx, admin, { ...about, action: 'sign_in.entered', after });
		await recordChange(tx, admin, { ...about, action: 'sign_in.left' });
	});
	const shown = async () =>
		(await auditLines(admin, { area: 'sign_in' }, ZONE)).map((line) => [
			`${line.actor} ${line.before}${line.subject}${line.after}`,
			...line.changes.map(({ label, is }) => `${label}: ${is}`).sort()
		]);
	expect(await shown()).toEqual([
		[`${admin.name} keluar dari akun siti.rahma`],
		[`${admin.name} masuk dengan akun siti.rahma`, 'Perangkat sudah dikenal: Tidak', 'Perangkat: Firefox, Windows'],
		['Sistem mencatat kata sandi akun siti.rahma salah 20 kali dalam sehari']
	]);
	expect(await inLocale('en', shown)).toEqual([
		[`${admin.name} signed out of the account siti.rahma`],
		[`${admin.name} signed in to the account siti.rahma`, 'Device: Firefox, Windows', 'Known device: No'],
		['System noted 20 wrong passwords within a day for the account siti.rahma']
	]);
});

test('pages of the log do not number their entries, so that no gap reveals a hidden one', async () => {
	await transaction(async (tx) => {
		for (let day = 0; day < LOG_PAGE + 5; day++)
			await recordChange(tx, null, { unitId: office.unit.id, action: 'list.exported', subject: `daftar ${day}` });
	});
	type Page = { entries: { subject: string }[]; older?: string; later: boolean };
	const route = await importRoute<{ load: (event: unknown) => Promise<Page> }>('(staff)/admin/log/+page.server.ts');
	const pageAfter = async (before?: string) => {
		const path = `/admin/log?area=list${before ? `&before=${before}` : ''}`;
		const shown = await route?.load(requestTo(path, { actor: admin }));
		if (!shown) throw new Error('the page was not loaded');
		return shown;
	};
	const first = await pageAfter();
	const second = await pageAfter(first.older);
	expect([first.later, second.later]).toEqual([false, true]);
	// Also in a log that was left open overnight.
	expect((await inHours(25, () => pageAfter(first.older))).later).toBe(true);
	const subjects = [...first.entries, ...second.entries].map(({ subject }) => subject);
	expect(new Set(subjects).size).toBe(subjects.length);
	expect(subjects.filter((subject) => subject.startsWith('daftar '))).toHaveLength(LOG_PAGE + 5);
	expect(JSON.stringify([first.entries, second.entries])).not.toMatch(/"(id|hash|destroyedBy)":/);
	// A number instead of a cursor is ignored.
	expect((await pageAfter('3')).later).toBe(false);
});

test('entries about a message or a second report that names the reader are left out', async () => {
	const unitId = office.unit.id;
	const [officer, named] = await makeOfficerWithAccount(unitId, ['admin']);
	const { reference: about } = await makeCase(office.unit, { officer: officer.id });
	const opened = { settings: {}, secretsSealed: '', createdAt: new Date() };
	const connection = { unitId, channel: 'email' as const, address: 'a@b.invalid', id: crypto.randomUUID(), ...opened };
	await db().insert(connections).values(connection);
	const at = { firstAt: new Date(), lastAt: new Date(), senderSealed: '', senderHash: '' };
	const row = { ...at, unitId, connectionId: connection.id, channel: 'email' as const, named: [officer.id] };
	const [message] = await db()
		.insert(conversations)
		.values({ ...row, state: 'dismissed' })
		.returning();
	const subject = `#${message?.id}`;
	await transaction(async (tx) => {
		await recordChange(tx, seeing, { unitId, action: 'conversation.dismissed', subject });
		await recordChange(tx, seeing, {
			unitId,
			action: 'from.two' as never,
			subject: caseNumber,
			after: { reference: about }
		});
	});
	const count = async (actor: Actor) => {
		const areas = ['conversation', 'from'] as const;
		const found = await Promise.all(areas.map((area) => csvOf(actor, { area: area as never })));
		return found.flat().filter((line) => /conversation\.dismissed|from\.two/.test(line)).length;
	};
	expect([await count(seeing), await count(named)]).toEqual([2, 0]);
});
