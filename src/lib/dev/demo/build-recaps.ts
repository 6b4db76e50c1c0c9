import { addDays } from '#lib/calendar/days.ts';
import type { OfficeSlug } from './offices.ts';
import { actorIn, type Company } from './open-story.ts';
import { atMinute } from './past-days.ts';
import { fileRecap } from '#lib/server/recap/filings.ts';
import { addFollowUp } from '#lib/server/recap/follow-ups.ts';
import { finishedKeys, recapPeriod } from '#lib/recap/period.ts';

/** Which of the last two months each office has filed: the others are missed by the province. */
const FILED: Partial<Record<OfficeSlug, 1 | 2>> = { mamuju: 2, majene: 2, 'polewali-mandar': 1, 'mamuju-tengah': 1 };

/** Offices file their reports on the third working day after a month, the earlier month first. */
export async function buildRecaps(company: Company): Promise<void> {
	const { days, setClock } = company;
	const months = finishedKeys('month', days.today).slice(0, 2);
	for (const period of months.toReversed()) {
		const end = recapPeriod(period)?.to ?? days.today;
		const day = days.workingDaysSince(addDays(end, 1)).slice(0, 3).at(-1);
		// The month ended yesterday: nobody has filed it yet.
		if (!day) continue;
		setClock(atMinute(day, 10 * 60));
		for (const [slug, count] of Object.entries(FILED) as [OfficeSlug, number][]) {
			if (months.indexOf(period) >= count) continue;
			const head = actorIn(company, 'head', slug);
			if (slug === 'mamuju' && period === months[1])
				await addFollowUp(
					head,
					{ unit: slug, scope: 'own', period },
					{
						rootCause: 'Satu loket melayani semua jenis layanan, sehingga antrean menumpuk sebelum tengah hari.',
						action: 'Membuka loket kedua pada pukul 09.00 sampai 12.00 dan memasang nomor antrean.',
						who: 'Kepala subbagian umum',
						dueOn: addDays(end, 75)
					}
				);
			await fileRecap(head, slug, { period, version: 0 });
		}
	}
}
