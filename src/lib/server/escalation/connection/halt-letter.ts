import { and, asc, eq, isNotNull, isNull } from 'drizzle-orm';
import { queueMail } from '#lib/server/channels/mail-queue.ts';
import { siteAddress } from '#lib/server/channels/site-address.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { momentInWords } from '#lib/server/channels/letter-words.ts';
import { reasonInWords } from '../letter-words.ts';
import type { ReasonCode } from '../reason.ts';

/**
 * Tells those who can end it that the connection has stopped: the root's administrators, once for each halt. That it
 * works again they see by the test call they make themselves, so nothing is written then.
 */
export async function writeHaltLetters(tx: Tx, halt: { at: Date; code: ReasonCode }): Promise<void> {
	const people = await tx
		.selectDistinct({ id: accounts.id, name: accounts.name, email: accounts.email, zone: units.timeZone })
		.from(roles)
		.innerJoin(units, eq(units.id, roles.unitId))
		.innerJoin(accounts, eq(accounts.id, roles.accountId))
		.where(and(eq(roles.role, 'admin'), isNull(units.parentId), eq(accounts.active, true), isNotNull(accounts.email)))
		.orderBy(asc(accounts.id));
	for (const { id, name, email, zone } of people) {
		await queueMail(tx, {
			kind: 'lapor_halted',
			onceKey: halt.at.toISOString(),
			to: { accountId: id, address: email ?? '' },
			subject: 'Sambungan ke SP4N-LAPOR! berhenti: perlu diperiksa',
			body: `Yth. ${name},

Sambungan ke SP4N-LAPOR! dihentikan sejak ${momentInWords(halt.at, zone)}.
Sebab: ${reasonInWords(halt.code)}

Tidak ada laporan yang hilang: semua menunggu dan terkirim sendiri setelah sambungan dilanjutkan. Periksa alamat dan kunci sambungan, lalu jalankan panggilan uji:
${siteAddress()}/admin/lapor

--
Surat ini dibuat otomatis dan tidak perlu dibalas.
In English: the connection to SP4N-LAPOR! has stopped. Check its settings, then make the test call.
`
		});
	}
}
