module segue/navidrome

go 1.24
