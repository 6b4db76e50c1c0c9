import { redirect, type ActionFailure, type RequestEvent } from '@sveltejs/kit';
import { localDate } from '#lib/calendar/days.ts';
import type { CaseKind } from '#lib/cases/vocabulary.ts';
import { acceptAttribute } from '#lib/server/attachments/kinds.ts';
import { MAX_FILES, sentFiles } from '#lib/server/attachments/keep.ts';
import { now } from '#lib/server/clock.ts';
import { openCase } from '#lib/server/cases/open.ts';
import { firstReplyPromise } from '#lib/server/cases/clocks/promise.ts';
import { openOffice, officeAbove } from '#lib/server/people/units/offices.ts';
import { servicesOf } from '#lib/server/people/units/offered-services.ts';
import { officersAt } from '#lib/server/people/officers/rated-officers.ts';
import { asForm, asPage, type FormAnswer } from '../http/answers.ts';
import { receiptCookie, scannedPlace } from '../cookies/citizen-cookies.ts';
import { forgetPages } from '../http/forget-pages.ts';
import { readForm, type ReadForm } from '../http/form.ts';
import { hiddenFields, isDoubtful } from './form-signs.ts';
import { takeKnown } from '../cookies/what-is-known.ts';

/** Data of a report's form before anything is typed. */
export async function caseFormPage(event: RequestEvent, kind: CaseKind) {
	return asPage(async () => {
		const unit = await openOffice(event.params.unit ?? '');
		const [place, officers, services, promised, hidden, sent, parent] = await Promise.all([
			scannedPlace(event, unit.id),
			officersAt(unit.id),
			servicesOf(unit.id),
			firstReplyPromise(unit, kind),
			hiddenFields(),
			receiptCookie.read(event.cookies),
			officeAbove(unit)
		]);
		return {
			hidden,
			place: place && { id: place.id, name: place.name },
			officers: officers.filter((officer) => officer.ofUnit).map(({ id, name }) => ({ id, name })),
			services: services.map(({ kind, name, nameEn }) => ({ kind, name: event.locals.lang === 'en' ? nameEn : name })),
			promised,
			timeZone: unit.timeZone,
			today: localDate(now(), unit.timeZone),
			parent,
			known: kind === 'complaint' ? await takeKnown(event.cookies) : {},
			// On a shared phone the next person sees that a code is stored and can remove it, but never sees the code.
			receiptKept: sent !== undefined,
			files: { max: MAX_FILES, accept: acceptAttribute() }
		};
	});
}

/** Opens a case from the form and redirects to its receipt. A refused form comes back with everything typed. */
export async function receiveCase(event: RequestEvent, kind: CaseKind): Promise<ActionFailure<FormAnswer>> {
	const typed: ReadForm['typed'] = {};
	const answer = await asForm(typed, async () => {
		const read = await readForm(event.request);
		Object.assign(typed, read.typed);
		// Browsers drop chosen files; with the names the page can say which ones to choose again.
		if (read.files.length > 0) typed.file = read.files.map((file) => file.name);
		const unit = await openOffice(event.params.unit ?? '');
		const place = read.data.place ?? (await scannedPlace(event, unit.id))?.id;
		const opened = await openCase(
			{ ...read.data, unit: unit.code, kind, ...(place ? { place } : {}) },
			{
				channel: place ? 'qr' : 'web',
				actor: null,
				language: event.locals.lang,
				files: await sentFiles(read.files),
				flagged: await isDoubtful(event, read.typed, 'case')
			}
		);
		await receiptCookie.write(event.cookies, { receipt: opened.receipt ?? '' });
		forgetPages(event.cookies);
		return redirect(303, '/terima');
	});
	// Other content under a used id: the sender of the first submission no longer uses this phone.
	if (answer.data.conflict === 'submission-reused') receiptCookie.clear(event.cookies);
	return answer;
}
