import { addDays } from '#lib/calendar/days.ts';
import type { OfficeSlug } from './offices.ts';
import { actorIn, type DemoRun } from './open-story.ts';
import { atMinute } from './past-days.ts';
import { fileRecap } from '#lib/server/recap/filings.ts';
import { addFollowUp } from '#lib/server/recap/follow-ups.ts';
import { finishedKeys, recapPeriod } from '#lib/recap/period.ts';

/** How many of the last two months each office has filed. The province sees the others as missing. */
const FILED: Partial<Record<OfficeSlug, 1 | 2>> = { mamuju: 2, majene: 2, 'polewali-mandar': 1, 'mamuju-tengah': 1 };

/** Files the reports of offices on the third working day after each month, the earlier month first. */
export async function buildRecaps(run: DemoRun): Promise<void> {
	const { days, setClock } = run;
	const months = finishedKeys('month', days.today).slice(0, 2);
	for (const period of months.toReversed()) {
		const end = recapPeriod(period)?.to ?? days.today;
		const day = days.workingDaysSince(addDays(end, 1)).slice(0, 3).at(-1);
		// There was no working day since the month ended, so nobody has filed its report.
		if (!day) continue;
		setClock(atMinute(day, 10 * 60));
		for (const [slug, count] of Object.entries(FILED) as [OfficeSlug, number][]) {
			if (months.indexOf(period) >= count) continue;
			const head = actorIn(run, 'head', slug);
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
