import { caseFormPage, receiveCase } from '#lib/server/web/forms/case-form.ts';

export const load = (event) => caseFormPage(event, 'information_request');

export const actions = { default: (event) => receiveCase(event, 'information_request') };
