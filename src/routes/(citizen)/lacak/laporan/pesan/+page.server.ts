import { sentFiles } from '#lib/server/attachments/stored-files.ts';
import { writeToOffice } from '#lib/server/cases/conversation/reporter-reply.ts';
import { receiveForTrack } from '#lib/server/web/forms/track-form.ts';

export const load = () => ({ formId: 'isian' });

export const actions = {
	default: (event) =>
		receiveForTrack(event, async (caseId, { data, files }) => writeToOffice(caseId, data, await sentFiles(files)))
};
