import { redirect, type RequestEvent } from '@sveltejs/kit';
import { localDate } from '#lib/calendar/days.ts';
import type { CaseKind } from '#lib/cases/vocabulary.ts';
import { citizenFiles, sentFiles } from '#lib/server/attachments/stored-files.ts';
import { now } from '#lib/server/clock.ts';
import { openCase } from '#lib/server/cases/open-case.ts';
import { firstReplyPromise, handlingLimits } from '#lib/server/cases/clocks/view-clocks.ts';
import { openOffice, officeAbove } from '#lib/server/people/units/find-unit.ts';
import { shownLinks } from '#lib/server/people/units/links.ts';
import { asForm, asPage } from '../http/error-responses.ts';
import { receiptCookie, scannedPlace } from '../cookies/citizen-cookies.ts';
import { forgetPages } from '../http/forget-pages.ts';
import { readForm, writtenText } from '../http/form.ts';
import { dropInvitation, takeComplaintPrefill } from '../cookies/complaint-prefill.ts';
import { officerChoices, serviceChoices } from './select-options.ts';
import { hiddenFields, isDoubtful } from './bot-check.ts';
import { OTHER_LANGUAGE, OWN_PHONE } from '#lib/ui/form/form-state.ts';

export async function caseFormPage(event: RequestEvent, kind: CaseKind) {
	return asPage(async () => {
		const unit = await openOffice(event.params.unit ?? '', event.locals.actor);
		const { searchParams } = event.url;
		// Somebody who changes the language or removes an earlier receipt is the person who opened the form.
		const again = searchParams.has('lang') || searchParams.has('terhapus');
		const known = kind === 'complaint' ? await takeComplaintPrefill(event.cookies, again) : {};
		if (Object.keys(known).length > 0) event.locals.isPrivate = true;
		const [place, officers, services, promised, limits, hidden, sent, parent, links] = await Promise.all([
			scannedPlace(event, unit.id),
			officerChoices(unit.id),
			serviceChoices(unit.id, event.locals.lang),
			firstReplyPromise(unit, kind),
			handlingLimits(kind),
			hiddenFields(event),
			receiptCookie.read(event.cookies),
			officeAbove(unit),
			shownLinks(unit, kind === 'complaint' ? 'integrity' : 'request', event.locals.lang)
		]);
		return {
			/** The element id of the form, whose text the buttons of other languages keep. */
			formId: 'isian',
			hidden,
			place: place && { id: place.id, name: place.name, hasOfficer: place.officerId !== null },
			officers,
			services,
			promised,
			limits,
			timeZone: unit.timeZone,
			today: localDate(now(), unit.timeZone),
			parent,
			links,
			// Only what this office offers: the person may have rated an officer of another one.
			known: {
				officer: officers.find(({ id }) => id === known.officer)?.id,
				service: services.find((one) => one.kind === known.service)?.kind
			},
			// On a shared phone the next person sees that a code is stored and can remove it, but can't see the code.
			receiptKept: sent && 'receipt' in sent ? { of: sent.of } : null,
			receiptRemoved: searchParams.has('terhapus'),
			files: citizenFiles()
		};
	});
}

/** Removes the receipt of an earlier report from this browser and shows the form again. */
function removeReceipt({ cookies, url }: RequestEvent): never {
	receiptCookie.clear(cookies);
	forgetPages(cookies);
	const query = new URLSearchParams(url.searchParams);
	query.delete('hapus');
	query.set('terhapus', '');
	redirect(303, `?${query}`);
}

/**
 * Opens a case from the form and redirects to its receipt. A refused form is shown again with everything typed. With
 * `?hapus` it only removes the receipt of an earlier report. The button of another language shows the form in it.
 */
export async function receiveCase(event: RequestEvent, kind: CaseKind) {
	if (event.url.searchParams.has('hapus')) removeReceipt(event);
	const { data, typed, files } = await readForm(event.request);
	const unit = await asPage(() => openOffice(event.params.unit ?? '', event.locals.actor), writtenText({ typed }));
	if (OTHER_LANGUAGE in typed) return { issues: [], typed };
	const response = await asForm(typed, async () => {
		const place = data.place ?? (await scannedPlace(event, unit.id))?.id;
		const opened = await openCase(
			// The time of arrival is a field of the desk only.
			{ ...data, received_at: undefined, unit: unit.code, kind, ...(place ? { place } : {}) },
			{
				by: 'form',
				channel: place ? 'qr' : 'web',
				visitor: event.locals.actor,
				language: event.locals.lang,
				files: await sentFiles(files),
				flagged: await isDoubtful(event, typed, 'case')
			}
		);
		await receiptCookie.write(event.cookies, { receipt: opened.receipt ?? '', of: String(data.submission_id ?? '') });
		dropInvitation(event.cookies);
		forgetPages(event.cookies);
		return redirect(303, '/terima');
	});
	// Different content with a used submission id means that another person uses the phone now, so the first receipt is
	// deleted. On their own phone a person has changed a report whose answer from the site was lost.
	if (response.data.conflict === 'submission-reused' && !(OWN_PHONE in typed)) receiptCookie.clear(event.cookies);
	return response;
}
