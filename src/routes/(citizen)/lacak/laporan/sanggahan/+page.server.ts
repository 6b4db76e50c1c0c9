import { submitObjection } from '#lib/server/cases/conversation/objection.ts';
import { receiveForTrack } from '#lib/server/web/forms/track-form.ts';

export const actions = {
	default: (event) => receiveForTrack(event, (caseId, { data }) => submitObjection(caseId, data))
};
