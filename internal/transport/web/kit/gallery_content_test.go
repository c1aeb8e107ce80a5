package kit_test

import (
	"context"
	"io"

	"serik/internal/transport/web/kit"

	"github.com/a-h/templ"
)

// inside puts children into a component, as a template does.
func inside(c templ.Component, children ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(templ.WithChildren(ctx, templ.Join(children...)), w)
	})
}

func said(s string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, `<p class="govuk-body">`+templ.EscapeString(s)+`</p>`)
		return err
	})
}

// tr picks the text of a language: kk first, ru second.
func tr(lang, kk, ru string) string {
	if lang == "kk" {
		return kk
	}
	return ru
}

func readingPieces(lang string) []templ.Component {
	t := func(kk, ru string) string { return tr(lang, kk, ru) }
	return []templ.Component{
		kit.SubNav{Tabs: []kit.Tab{{Link: kit.Link{Text: t("Шолу", "Обзор"), URL: "/cases/1", Current: true}}, {Link: kit.Link{Text: t("Жоспар", "План"), URL: "/cases/1/plan"}, Count: "5"}, {Link: kit.Link{Text: t("Кездесулер", "Встречи"), URL: "/cases/1/contacts"}}, {Link: kit.Link{Text: t("Құжаттар", "Документы"), URL: "/cases/1/papers"}}, {Link: kit.Link{Text: t("Тарихы", "История"), URL: "/cases/1/history"}}}},
		kit.Figures{Items: []kit.Counted{
			{Number: "41", Text: t("сүйемелдеудегі іс", "дело на сопровождении"), URL: "/cases"},
			{Number: "6", Text: t("кураторы жоқ", "без куратора"), Of: t("41-ден (15 %, 7–28)", "из 41 (15 %, 7–28)"), URL: "/cases?uncovered", Level: kit.Danger},
			{Number: "12", Text: t("нәтижесі бағаланбаған шара", "мер без оценки результата"), Of: t("98-ден (12 %)", "из 98 (12 %)"), URL: "/measures", Level: kit.Wait},
		}},
		kit.TaskList{LaterText: t("Кейін тағы 3", "Ещё 3 позже"), Lines: []kit.Line{
			{Level: kit.Danger, Text: t("9 күн бойы көрілмеген", "Не виделись 9 дней"), URL: "/cases/1", Meta: t("А. Т., 14 жас · қауіпсіз байланыс: тәтесі, 18:00-ден кейін", "А. Т., 14 лет · безопасный контакт: тётя, после 18:00"), Actions: []kit.Action{{Text: t("Қоңырау шалу", "Позвонить"), About: "А. Т.", URL: "/cases/1/call", Primary: true}}},
			{Level: kit.Danger, Text: t("Жаңа іс: қабылдайсыз ба?", "Новое дело: принимаете?"), Meta: t("М. К., 9 жас · бүгін 17:00-ге дейін жауап беріңіз", "М. К., 9 лет · ответьте сегодня до 17:00"), Actions: []kit.Action{{Text: t("Иә", "Да"), About: "М. К.", URL: "/cases/2/accept", Post: true, Primary: true}, {Text: t("Жоқ", "Нет"), About: "М. К.", URL: "/cases/2/decline", Post: true}}},
			{Level: kit.Wait, Text: t("Үйге бару мерзімі ертең", "Посещение семьи завтра"), URL: "/cases/3", Meta: t("24 қараша, сейсенбі, 3 күннен кейін", "24 ноября, вторник, через 3 дня")},
			{Level: kit.Calm, Text: t("Көрсеткіш: сабаққа қатысу", "Показание: посещаемость"), URL: "/cases/4", Meta: t("Д. С., 12 жас", "Д. С., 12 лет")},
			{Level: kit.Good, Text: t("Шара орындалды", "Мера исполнена"), URL: "/cases/5", Tag: &kit.Tag{Text: t("расталды", "подтверждено"), Level: kit.Good}},
		}, Later: []kit.Line{{Text: t("Жоспарды қайта қарау", "Пересмотреть план"), URL: "/cases/6"}}},
		kit.SummaryList{Title: t("Іс туралы", "О деле"), Rows: []kit.SummaryRow{
			{Key: t("Куратор (сүйемелдеуші)", "Куратор (сопровождающий)"), Text: "Серікова А. Н.", Links: []kit.Link{{Text: t("Өзгерту", "Изменить"), URL: "/cases/1/curator"}}},
			{Key: t("Күйі", "Состояние"), Content: kit.Tag{Text: t("жоспар бойынша", "по плану"), Level: kit.Good}},
			{Key: t("Қауіпсіз байланыс", "Безопасный контакт"), Text: t("тәтесі, 18:00-ден кейін, қазақша", "тётя, после 18:00, на казахском"), Links: []kit.Link{{Text: t("Өзгерту", "Изменить"), URL: "/cases/1/contact"}}},
			{Key: t("Мекенжайы", "Адрес"), Text: t("мекенжай жабық", "адрес закрыт")},
		}},
		kit.AssessmentChart{Title: t("Бағалау, 12 қараша", "Оценка, 12 ноября"), Summary: t("8-ден 4-еуі жақсарды", "4 из 8 лучше"), Least: t("0 қиындық жоқ", "0 нет трудности"), Most: t("3 өткір", "3 острая"), None: "—", Domains: []kit.Domain{
			{Text: t("Үйдегі қауіпсіздік", "Безопасность дома"), Now: 1, Before: 3, Change: t("жақсарды, 3 еді", "лучше, было 3"), Level: kit.Good},
			{Text: t("Денсаулық", "Здоровье"), Now: 2, Before: 2, Change: t("өзгермеді", "без изменений")},
			{Text: t("Оқу мен сабаққа қатысу", "Учёба и посещаемость"), Now: 3, Before: 2, Change: t("нашарлады, 2 еді", "хуже, было 2"), Level: kit.Danger},
			{Text: t("Көңіл күй мен мінез-құлық", "Настроение и поведение"), Now: 1, Before: 2, Change: t("жақсарды, 2 еді", "лучше, было 2"), Level: kit.Good},
			{Text: t("Отбасындағы қарым-қатынас", "Отношения в семье"), Now: 1, Before: 2, Change: t("жақсарды, 2 еді", "лучше, было 2"), Level: kit.Good},
			{Text: t("Достары мен ортасы", "Друзья и окружение"), Now: 2, Before: -1, Change: t("бұрын бағаланбаған", "раньше не оценивали")},
			{Text: t("Тұрмыс жағдайы", "Условия жизни"), Now: 0, Before: 1, Change: t("жақсарды, 1 еді", "лучше, было 1"), Level: kit.Good},
			{Text: t("Ата-анасының мүмкіндігі", "Возможности родителей"), Now: 2, Before: 2, Change: t("өзгермеді", "без изменений")},
		}},
		inside(kit.Filter{URL: "/cases", Clear: "/cases", Open: true, Chosen: []string{t("Әуезов ауданы", "Ауэзовский район"), t("қаупі жоғары", "риск высокий")}},
			kit.Select{Field: kit.Field{Name: "district", Label: t("Аудан", "Район")}, Options: []kit.Option{{Value: "1", Text: t("Әуезов", "Ауэзовский"), On: true}, {Value: "2", Text: t("Медеу", "Медеуский")}}},
			kit.Select{Field: kit.Field{Name: "risk", Label: t("Қауіп", "Риск")}, None: t("Кез келген", "Любой"), Options: []kit.Option{{Value: "high", Text: t("жоғары", "высокий")}}}),
		kit.Table{Caption: t("Аудандар бойынша істер", "Дела по районам"), Columns: []kit.Column{{Text: t("Аудан", "Район")}, {Text: t("Күйі", "Состояние")}, {Text: t("Істер", "Дел"), Number: true}, {Text: t("Кураторы жоқ", "Без куратора"), Number: true}, {Text: t("Соңғы отырыс", "Последнее заседание")}},
			Rows: [][]kit.Cell{
				{{Text: t("Әуезов ауданы", "Ауэзовский район"), URL: "/districts/1", Sub: t("хатшы Серікова А.", "секретарь Серікова А.")}, {Tag: &kit.Tag{Text: t("назар аударыңыз", "требует внимания"), Level: kit.Wait}}, {Text: "41"}, {Text: "6", URL: "/districts/1/uncovered"}, {Text: "17.11.2026"}},
				{{Text: t("Медеу ауданы", "Медеуский район"), URL: "/districts/2"}, {Tag: &kit.Tag{Text: t("жоспар бойынша", "по плану"), Level: kit.Good}}, {Text: "28"}, {Text: "0"}, {Text: "19.11.2026"}},
				{{Text: t("Түрксіб ауданы", "Турксибский район"), URL: "/districts/3"}, {Tag: &kit.Tag{Text: t("мерзімі өтті", "срок прошёл"), Level: kit.Danger}}, {Text: "53"}, {Text: "11", URL: "/districts/3/uncovered"}, {Text: "03.11.2026"}},
			}, Foot: []kit.Cell{{Text: t("Барлығы", "Всего")}, {}, {Text: "122"}, {Text: "17"}, {}}},
		kit.Pager{Text: t("412-ден 1–50", "1–50 из 412"), Newer: "/cases", Older: "/cases?after=x"},
		kit.Timeline{Events: []kit.Event{
			{Text: t("Кездесу: мектепте, жеке сөйлесті", "Встреча: в школе, говорили наедине"), When: t("бүгін, 10:42", "сегодня, 10:42"), Instant: "2026-11-22T10:42", By: "Серікова А.", Body: t("Бала сабаққа қайта бара бастады.", "Ребёнок снова ходит на занятия.")},
			{Text: t("Хабарлама келді", "Поступило сообщение"), When: "20.11.2026, 23:15", Instant: "2026-11-20T23:15", Level: kit.Danger, Tag: &kit.Tag{Text: t("шұғыл", "срочно"), Level: kit.Danger}, By: t("111 желісі", "линия 111")},
			{Text: t("Шара орындалды: тәлімгерлік", "Мера исполнена: наставничество"), When: "12.11.2026", Instant: "2026-11-12", Level: kit.Good, URL: "/measures/1"},
		}},
		kit.Warning{Text: t("Балаға ары қарай сұрақ қоймаңыз: полицияға хабарлаңыз.", "Больше не расспрашивайте ребёнка: сообщите в полицию.")},
		inside(kit.Inset{Level: kit.Wait}, said(t("Бұл сандар куратордың өзіне арналған: еңбекақы үшін емес.", "Эти числа для самого куратора: не для оплаты и не для сравнения."))),
		inside(kit.Details{Summary: t("Неліктен сұраймыз", "Почему мы спрашиваем")}, said(t("Жауап кімнің хабардар болуы керегін шешеді.", "Ответ решает, кому нужно сообщить."))),
		kit.Empty{Why: t("Бүгінге іс жоқ.", "На сегодня дел нет."), Do: t("Келесі жол ертең таңертең шығады.", "Следующая строка появится завтра утром."), Action: &kit.Action{Text: t("Кездесу қосу", "Добавить встречу"), URL: "/contacts/new"}},
	}
}

func formPieces(lang string, refused bool) []templ.Component {
	t := func(kk, ru string) string { return tr(lang, kk, ru) }
	wrong := func(kk, ru string) string {
		if !refused {
			return ""
		}
		return t(kk, ru)
	}
	return []templ.Component{
		kit.Conflict{Title: t("Бұл жазбаны басқа адам өзгертті", "Эту запись изменил другой человек"), Text: t("Екі мәтінді салыстырып, қажетін сақтаңыз.", "Сравните оба текста и сохраните нужный."), Rows: []kit.ConflictRow{{Label: t("Келісім", "Договорились"), Mine: t("Дүйсенбіде мектепте кездесеміз.", "Встретимся в понедельник в школе."), Theirs: t("Сәрсенбіде үйде кездесеміз.", "Встретимся в среду дома.")}}},
		inside(kit.Form{URL: "/contacts", Keep: "contact/new", Version: "3", Hidden: []kit.Hidden{{Name: "version", Value: "3"}}},
			kit.Radios{Field: kit.Field{Name: "with", Label: t("Бала қазір кіммен?", "С кем ребёнок сейчас?"), Hint: t("Білмесеңіз, «белгісіз» деп белгілеңіз.", "Если не знаете, отметьте «неизвестно»."), Error: wrong("Бала қазір кіммен екенін белгілеңіз", "Отметьте, с кем ребёнок сейчас")}, Options: []kit.Option{
				{Value: "family", Text: t("Отбасымен", "С семьёй")},
				{Value: "kin", Text: t("Туыстарымен", "У родственников"), Hint: t("Әжесі, тәтесі, ағасы", "Бабушка, тётя, дядя"), On: true, Reveal: kit.Input{Field: kit.Field{Name: "kin-who", Label: t("Кімде?", "У кого?")}, Chars: 20}},
				{Value: "unknown", Text: t("Белгісіз", "Неизвестно"), Or: t("немесе", "или")},
			}},
			kit.Radios{Inline: true, Field: kit.Field{Name: "alone", Label: t("Жеке сөйлестіңіз бе?", "Говорили наедине?")}, Options: []kit.Option{{Value: "yes", Text: t("Иә", "Да"), On: true}, {Value: "no", Text: t("Жоқ", "Нет")}}},
			kit.DateBoxes{Field: kit.Field{Name: "day", Label: t("Кездесу күні", "День встречи"), Hint: t("Мысалы, 22 11 2026", "Например, 22 11 2026"), Error: wrong("Кездесу күнін жазыңыз", "Укажите день встречи")}, Month: "11", Year: "2026"},
			kit.TimeBox{Field: kit.Field{Name: "hour", Label: t("Сағаты", "Время"), Optional: true}, Value: "14:30"},
			kit.Checkboxes{Field: kit.Field{Name: "seen", Label: t("Не байқадыңыз?", "Что Вы заметили?"), Optional: true}, Options: []kit.Option{{Value: "injury", Text: t("Жарақат іздері", "Следы травм")}, {Value: "hunger", Text: t("Аш", "Голоден"), On: true, Reveal: said(t("Тамақ көмегі бар.", "Есть помощь продуктами."))}}},
			kit.Textarea{Field: kit.Field{Name: "words", Label: t("Баланың сөзі", "Слова ребёнка"), Hint: t("Тырнақшаға алып, өз сөзімен жазыңыз.", "Запишите в кавычках, его словами.")}, Max: 500, Value: "«Мен тәтемде тұрғым келеді»"},
			kit.Input{Field: kit.Field{Name: "income", Label: t("Отбасының айлық табысы", "Доход семьи в месяц"), Optional: true}, Mode: "numeric", Chars: 10, Suffix: t("теңге", "тенге")},
			kit.Select{Field: kit.Field{Name: "school", Label: t("Мектеп", "Школа")}, None: t("Таңдаңыз", "Выберите"), Options: []kit.Option{{Value: "12", Text: "№ 12"}, {Value: "34", Text: "№ 34"}}},
			kit.File{Field: kit.Field{Name: "paper", Label: t("Орындалуын растайтын құжат", "Подтверждение исполнения"), Hint: t("PDF немесе сурет, 10 МБ дейін", "PDF или снимок, до 10 МБ")}, Accept: ".pdf,.jpg"},
			kit.Password{Field: kit.Field{Name: "password", Label: t("Құпиясөз", "Пароль")}},
			inside(kit.Fieldset{ID: "safe", Legend: t("Қауіпсіз байланыс", "Безопасный контакт"), Hint: t("Оған біле алмайтын адам көрмейді.", "Его не увидит тот, кому нельзя знать.")},
				kit.Input{Field: kit.Field{Name: "safe-who", Label: t("Кім", "Кто")}}, kit.Hidden{Name: "kind", Value: "aunt"}),
			inside(kit.Buttons(), kit.Button{Text: t("Кездесуді сақтау", "Сохранить встречу")}, kit.Button{Text: t("Сақтап, тағы қосу", "Сохранить и добавить ещё"), Name: "next", Value: "more", Secondary: true}),
			kit.Button{Text: t("Сүйемелдеуді аяқтау", "Завершить сопровождение"), Danger: true},
		),
	}
}
