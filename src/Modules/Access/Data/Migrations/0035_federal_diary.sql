-- The diary kept here, shown in another node of the platform: a consent of its own, because it names marks and another operator.
insert into access.consent_texts (purpose, version, title, body, hash, is_needed, published_at, term_months, data_kinds, recipient, legal_basis, own_age, change_note)
select purpose, 1, title, body, encode(sha256(convert_to(access.consent_document(title, body, data_kinds, recipient, legal_basis, 12::smallint, 14::smallint), 'UTF8')), 'hex'),
       false, '2026-09-01', 12::smallint, data_kinds, recipient, legal_basis, 14::smallint, change_note
  from (values ('federal-diary', 'Согласие на показ дневника на федеральном портале',
$text$Я даю оператору региональной платформы согласие передавать дневник федеральному порталу «Моя школа», чтобы я видел(а) его там после входа через Госуслуги. Если я законный представитель, согласие относится к ребёнку, и дневник увидит каждый его законный представитель.

Портал спрашивает дневник, только когда я или другой законный представитель открываем его там. Последний ответ портал хранит зашифрованным не дольше суток, чтобы показать его, если регион не отвечает.

Каждый запрос записывается и виден на странице «Кто видел данные».

Срок: один год со дня согласия. Согласие можно отозвать в любую минуту на странице «Мои согласия»: со следующего запроса портал ничего не получит и удалит то, что хранил.$text$,
    'Фамилия и имя, школа, класс, расписание, темы уроков, домашние задания, отметки и комментарии к ним, пропуски и их причины, средние отметки.',
    'Оператор федерального портала «Моя школа» — Министерство просвещения Российской Федерации.',
    'Федеральный закон от 27.07.2006 № 152-ФЗ, статья 6, часть 1, пункт 1 и статья 9.',
    'Первая версия.')) as text (purpose, title, body, data_kinds, recipient, legal_basis, change_note);
