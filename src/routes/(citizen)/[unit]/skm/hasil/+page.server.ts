import { skmResultsPage } from '#lib/server/web/skm-form.ts';

export const load = skmResultsPage;
