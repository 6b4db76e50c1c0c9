import { forgetAnswer } from '#lib/server/web/http/forget-pages.ts';

export const GET = ({ cookies }) => forgetAnswer(cookies);
