import { submitObjection } from '#lib/server/cases/conversation/objection.ts';
import { receiveForTrack } from '#lib/server/web/forms/track-form.ts';

export const load = async ({ parent }) => {
	const { may } = (await parent()).report;
	return { formId: may.dispute || may.object ? 'isian' : undefined };
};

export const actions = {
	default: (event) => receiveForTrack(event, (caseId, { data }) => submitObjection(caseId, data))
};
