import { addDays, instantAt, localDate } from '#lib/calendar/days.ts';
import { mailServer, queueMail } from '#lib/server/channels/mail-queue.ts';
import { siteAddress } from '#lib/server/channels/site-address.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { progressOf, storeProgress } from '#lib/server/db/job-progress.ts';
import { dayHeads, headLine, headRecipients, type DayHead } from '#lib/server/people/audit-heads.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';

/** The last day whose head was sent. */
const KEY = 'log_head';
const MORNING = '06:00';

/**
 * E-mails the heads of the log, each morning, to the supervisors of the units above others and to the supervisors and
 * administrators of root units. So people elsewhere have hashes that a changed log no longer matches. After a downtime the
 * heads of all days since the last e-mail are sent together. So it is after days on which nobody could get them.
 */
export async function sendLogHeads(): Promise<void> {
	const zone = await firstZone();
	const today = localDate(now(), zone);
	const yesterday = addDays(today, -1);
	if (now() < instantAt(today, MORNING, zone)) return;
	const sent = (await progressOf(db(), [KEY])).get(KEY) as string | undefined;
	if (sent && sent >= yesterday) return;
	const people = mailServer() ? await headRecipients() : [];
	if (people.length === 0) return;
	const heads = (await dayHeads(sent)).filter(({ day }) => day < today);
	await transaction(async (tx) => {
		// Two workers may come at the same time.
		if (!(await storeProgress(tx, KEY, yesterday)) || heads.length === 0) return;
		const content = { kind: 'log_head' as const, onceKey: yesterday, ...mailContentOf(heads) };
		for (const { id, address } of people)
			await queueMail(tx, { ...content, to: { accountId: id, address: address ?? '' } });
	});
}

function mailContentOf(heads: readonly DayHead[]) {
	const [newest] = heads;
	const lines = heads.map((head) => `${headLine(head)}\n`).join('');
	const body = `Sidik catatan perubahan SPATULA (tanggal · nomor catatan terakhir · jumlah catatan hari itu · sidik):

${lines}
Simpan e-mail ini. Dengan sidik ini Anda dapat memeriksa kelak apakah log masih sama: buka
${siteAddress()}/admin/log/integrity
lalu tempelkan satu baris di atas.

--
E-mail ini dibuat otomatis dan tidak perlu dibalas.
In English: fingerprints of the log of changes. Keep this e-mail; on the page above you can check later whether the log is still the same.
`;
	return { subject: `Sidik catatan perubahan ${newest?.day ?? ''}`, body };
}
