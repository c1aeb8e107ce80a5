package kit_test

import "serik/internal/transport/web/kit"

func labelsOf(lang string) kit.Labels {
	if lang == "kk" {
		return kit.Labels{
			Brand: "Серік", Skip: "Негізгі мазмұнға өту", Search: "Баланы іздеу", SearchHint: "Аты-жөні немесе іс нөмірі", Find: "Іздеу",
			Language: "Тіл", Sections: "Бөлімдер", Here: "Істің бөліктері", Place: "Сіз кім ретінде жұмыс істейсіз", Me: "Менің есептік жазбам", SignOut: "Шығу",
			More: "Тағы", Path: "Бетке дейінгі жол", Optional: "міндетті емес", Error: "Қате", Errors: "Мынаны түзетіңіз",
			Done: "Орындалды", Important: "Маңызды", Warning: "Назар аударыңыз", Day: "Күні", Month: "Айы", Year: "Жылы", Time: "Мысалы, 14:30",
			Show: "Көрсету", Hide: "Жасыру", Kept: "Бұрын терген мәтініңіз қалпына келтірілді.", Away: "Байланыс жоқ, әзірге ештеңе жіберілген жоқ.", Mine: "Сіздің мәтініңіз", Theirs: "Басқа адам сақтаған мәтін",
			Newer: "Жаңарақ", Older: "Ескірек", Pages: "Беттер", Numbers: "Сандарды көрсету", Domain: "Өмір саласы", Now: "Қазір", Before: "Бұрын",
			Danger: "Шұғыл", Wait: "Күтуде", Good: "Жақсы", Calm: "Жоспарлы", FilterOpen: "Сүзгі", FilterApply: "Тізімді көрсету", FilterClear: "Сүзгіні алып тастау", Footer: "Пайдалы сілтемелер",
		}
	}
	return kit.Labels{
		Brand: "Серік", Skip: "Перейти к содержанию", Search: "Поиск ребёнка", SearchHint: "Имя или номер дела", Find: "Найти",
		Language: "Язык", Sections: "Разделы", Here: "Части дела", Place: "В качестве кого Вы работаете", Me: "Моя учётная запись", SignOut: "Выйти",
		More: "Ещё", Path: "Путь к странице", Optional: "необязательно", Error: "Ошибка", Errors: "Исправьте, пожалуйста",
		Done: "Готово", Important: "Важно", Warning: "Внимание", Day: "День", Month: "Месяц", Year: "Год", Time: "Например, 14:30",
		Show: "Показать", Hide: "Скрыть", Kept: "Возвращён текст, который Вы набрали раньше.", Away: "Нет связи, пока ничего не отправлено.", Mine: "Ваш текст", Theirs: "Текст, сохранённый другим",
		Newer: "Новее", Older: "Старее", Pages: "Страницы", Numbers: "Показать числа", Domain: "Сторона жизни", Now: "Сейчас", Before: "Раньше",
		Danger: "Срочно", Wait: "Ожидает", Good: "Хорошо", Calm: "По плану", FilterOpen: "Фильтр", FilterApply: "Показать список", FilterClear: "Снять фильтр", Footer: "Полезные ссылки",
	}
}

func frameOf(lang string) kit.Frame {
	f := kit.Frame{
		Lang: lang, Labels: labelsOf(lang),
		Header: kit.Header{
			Home: "/", SearchURL: "/children/search", LangURL: "/account/language", PlaceURL: "/account/place", Here: "/cases/1", SignOut: "/account/sign-out",
			Tongues: []kit.Tongue{{Code: "kk", Text: "ҚАЗ", Name: "Қазақша", Current: lang == "kk"}, {Code: "ru", Text: "РУС", Name: "Русский", Current: lang == "ru"}, {Code: "en", Text: "ENG", Name: "English"}},
		},
	}
	if lang == "kk" {
		f.Header.Place, f.Header.Role, f.Header.Me = "Алматы, Әуезов ауданы", "комиссия хатшысы", "Серікова А."
		f.Header.Places = []kit.Place{{ID: "1", Text: "Әуезов ауданы, хатшы", Current: true}, {ID: "2", Text: "Медеу ауданы, хатшының орынбасары"}}
		f.Header.MeLinks = []kit.Link{{Text: "Баптаулар", URL: "/account"}, {Text: "Менің туысым", URL: "/account/kin"}}
		f.Sections = []kit.Link{{Text: "Менің күнім", URL: "/"}, {Text: "Хабарламалар", URL: "/signals"}, {Text: "Балалар", URL: "/children"}, {Text: "Істер", URL: "/cases", Current: true}, {Text: "Отырыстар", URL: "/commissions"}, {Text: "Есептер", URL: "/reports"}}
		f.Notice = &kit.Notice{Word: "Сынақ", Text: "Деректер ойдан шығарылған.", Link: &kit.Link{Text: "Бұл нені білдіреді", URL: "/about"}}
		f.Back = &kit.Link{Text: "Істерге оралу", URL: "/cases"}
		f.Document = "75-2026-00412 ісі"
		f.Title = kit.Title{Text: "75-2026-00412 ісі · жүргізуші Серікова А.", State: "Айбек Т., 14 жас · Алматы, Әуезов ауданы · 43 күн сүйемелденуде",
			Tags: []kit.Tag{{Text: "қаупі жоғары", Level: kit.Danger}}, Primary: &kit.Action{Text: "Нәтижесін бағалау", URL: "/cases/1/result"},
			More: []kit.Action{{Text: "Мерзімін ұзарту", URL: "/cases/1/prolong"}, {Text: "Басқа кураторға беру", URL: "/cases/1/handover"}, {Text: "Сүйемелдеуді аяқтау", URL: "/cases/1/end", Danger: true}}}
		f.Footer = kit.Footer{Lines: []string{"Кәмелетке толмағандардың істері жөніндегі комиссия. Балаларға көмек телефоны — 111."}, Links: []kit.Link{{Text: "Көмек", URL: "/help"}, {Text: "Қолжетімділік", URL: "/accessibility"}}}
		return f
	}
	f.Header.Place, f.Header.Role, f.Header.Me = "Алматы, Ауэзовский район", "секретарь комиссии", "Серікова А."
	f.Header.Places = []kit.Place{{ID: "1", Text: "Ауэзовский район, секретарь", Current: true}, {ID: "2", Text: "Медеуский район, заместитель секретаря"}}
	f.Header.MeLinks = []kit.Link{{Text: "Настройки", URL: "/account"}, {Text: "Мой родственник", URL: "/account/kin"}}
	f.Sections = []kit.Link{{Text: "Мой день", URL: "/"}, {Text: "Сообщения", URL: "/signals"}, {Text: "Дети", URL: "/children"}, {Text: "Дела", URL: "/cases", Current: true}, {Text: "Заседания", URL: "/commissions"}, {Text: "Отчёты", URL: "/reports"}}
	f.Notice = &kit.Notice{Word: "Опыт", Text: "Данные вымышлены.", Link: &kit.Link{Text: "Что это значит", URL: "/about"}}
	f.Back = &kit.Link{Text: "К делам", URL: "/cases"}
	f.Document = "Дело 75-2026-00412"
	f.Title = kit.Title{Text: "Дело 75-2026-00412 · ведёт Серікова А.", State: "Айбек Т., 14 лет · Алматы, Ауэзовский район · 43-й день сопровождения",
		Tags: []kit.Tag{{Text: "риск высокий", Level: kit.Danger}}, Primary: &kit.Action{Text: "Внести оценку результата", URL: "/cases/1/result"},
		More: []kit.Action{{Text: "Продлить срок", URL: "/cases/1/prolong"}, {Text: "Передать другому куратору", URL: "/cases/1/handover"}, {Text: "Завершить сопровождение", URL: "/cases/1/end", Danger: true}}}
	f.Footer = kit.Footer{Lines: []string{"Комиссия по делам несовершеннолетних. Телефон помощи детям — 111."}, Links: []kit.Link{{Text: "Помощь", URL: "/help"}, {Text: "Доступность", URL: "/accessibility"}}}
	return f
}
