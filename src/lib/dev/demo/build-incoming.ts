import { storeArrived, placeMessage } from '#lib/server/channels/incoming/store-message.ts';
import { pauseConnection, saveConnection } from '#lib/server/channels/connections/connections.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import type { DemoRun } from './open-story.ts';
import { atMinute } from './past-days.ts';

const UNIT = '7604';

/** E-mails of invented people, each with the minute of the last working day at which it came. */
const MAILS = [
	{
		minute: 13 * 60 + 42,
		name: 'Rahmat Contoh',
		address: 'rahmat@warga.invalid',
		subject: 'Antrean di loket konsultasi',
		body: 'Selamat pagi. Kemarin saya menunggu hampir dua jam di loket konsultasi, padahal hanya ada satu petugas. Mohon ditambah.',
		quoted: '--\nRahmat\nDikirim dari ponsel'
	},
	{
		minute: 14 * 60 + 5,
		name: 'Nurhayati Contoh',
		address: 'nurhayati@warga.invalid',
		subject: 'Permintaan data penduduk per kecamatan',
		body: 'Saya mahasiswa dan membutuhkan jumlah penduduk per kecamatan tahun 2025. Di mana saya dapat memintanya?'
	},
	{
		minute: 14 * 60 + 30,
		name: 'Toko Contoh',
		address: 'promo@toko.invalid',
		subject: 'Diskon alat tulis kantor',
		body: 'Dapatkan diskon 20 persen untuk pembelian alat tulis bulan ini.'
	},
	{
		minute: 15 * 60 + 18,
		name: 'Andi Contoh',
		address: 'andi@warga.invalid',
		subject: 'Tambahan keterangan',
		body: 'Ini keterangan tambahan tentang laporan saya: kejadiannya hari Senin sekitar pukul sepuluh.'
	}
];

/** Adds e-mails that wait for a decision, and their mailbox. It is paused, because the demo uses no network. */
export async function buildIncoming({ actors, days, setClock }: DemoRun): Promise<void> {
	const day = days.workingDay(1);
	const admin = actors.get('administrator.sulbar');
	if (!admin) throw new Error('the demo has no administrator');
	setClock(atMinute(day, 8 * 60));
	const settings = {
		host: 'imap.contoh.invalid',
		port: 993,
		security: 'tls',
		user: 'mamuju@contoh.invalid',
		plusAddress: false
	};
	const mailbox = {
		address: 'mamuju@contoh.invalid',
		settings,
		secrets: { password: crypto.randomUUID() },
		dedicated: false
	};
	const connection = await saveConnection(admin, UNIT, 'email', mailbox);
	if (!connection) throw new Error('the mailbox of the demo waits for a supervisor');
	await pauseConnection(admin, connection.id, true);
	for (const { minute, name, address, subject, body, quoted } of MAILS) {
		const sentAt = atMinute(day, minute);
		setClock(sentAt);
		const message = await storeArrived(db(), connection, { onceKey: `demo-${minute}`, bytes: body.length, sentAt });
		if (!message) continue;
		const content = { sender: { name, address }, subject, body, quoted, files: [], refusedFiles: [] };
		await transaction((tx) => placeMessage(tx, message, content));
	}
}
